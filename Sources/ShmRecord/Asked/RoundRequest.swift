package import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// One round that another process is asked to measure: a line of `name=value` words, which a later version may add to.
package struct RoundRequest: Equatable {
    /// The first line that the other process says. The number is this protocol's.
    package static let greeting = "shmbench rounds 1"
    /// What begins an answer that is no row.
    package static let refusal = "error: "

    /// The lock's name, or `plugin` for the plugin's.
    package var lock: String
    package var load: Load
    package var round: Int
    /// Lengths of the windows, ns.
    package var warmup: Int
    package var throughput: Int
    package var latency: Int
    package var order: Int
    package var stuckAfter: Int
    /// Owners to kill after the round.
    package var kills: Int

    package init(lock: String, load: Load, round: Int, timing: Timing, kills: Int) {
        self.lock = lock
        self.load = load
        self.round = round
        warmup = timing.warmup
        throughput = timing.throughput
        latency = timing.latency
        order = timing.order
        stuckAfter = timing.stuckAfter
        self.kills = kills
    }

    package var line: String {
        let words: [(String, String)] = [
            ("lock", lock), ("scenario", load.scenario), ("workers", "\(load.workers)"), ("round", "\(round)"),
            ("critical_section_ns", "\(load.criticalSection)"), ("think_ns", "\(load.think)"),
            ("counters", "\(load.counters)"), ("arrivals", load.arrivals), ("rate_per_s", "\(load.rate)"),
            ("pinning", load.pinning), ("read_percent", "\(load.readPercent)"), ("warmup_ns", "\(warmup)"),
            ("throughput_ns", "\(throughput)"), ("latency_ns", "\(latency)"), ("order_ns", "\(order)"),
            ("stuck_after_ns", "\(stuckAfter)"), ("kills", "\(kills)"),
        ]
        return words.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    /// Reads a line; says what is wrong with it.
    package init(_ line: String) throws {
        var words: [Substring: Substring] = [:]
        for word in line.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Failure("\(word.debugDescription) is no name=value") }
            words[parts[0]] = parts[1]
        }
        func text(_ name: Substring) throws -> String {
            guard let value = words[name] else { throw Failure("there is no \(name)") }
            return String(value)
        }
        func number(_ name: Substring, _ range: ClosedRange<Int>) throws -> Int {
            guard let number = Int(try text(name)), range.contains(number) else {
                throw Failure("\(name)=\(words[name] ?? "") makes no sense")
            }
            return number
        }
        let time = 0...(24 * 3600 * 1_000_000_000)
        lock = try text("lock")
        guard let rate = Double(try text("rate_per_s")), (0...1e9).contains(rate) else {
            throw Failure("rate_per_s makes no sense")
        }
        load = Load(
            scenario: try text("scenario"), workers: try number("workers", 1...4096),
            criticalSection: try number("critical_section_ns", time), think: try number("think_ns", time),
            counters: try number("counters", 1...GuardedData.counterLimit), arrivals: try text("arrivals"), rate: rate,
            pinning: try text("pinning"), readPercent: try number("read_percent", 0...100))
        round = try number("round", 0...Int.max)
        warmup = try number("warmup_ns", time)
        throughput = try number("throughput_ns", time)
        latency = try number("latency_ns", time)
        order = try number("order_ns", time)
        stuckAfter = try number("stuck_after_ns", time)
        kills = try number("kills", 0...1000)
    }

    package var timing: Timing {
        Timing(warmup: warmup, throughput: throughput, latency: latency, order: order, stuckAfter: stuckAfter)
    }

    /// The cell that it asks for, where this program and machine have it.
    package func cell() throws -> Cell {
        let kinds = try LockSelection.kinds([lock])
        guard kinds.count == 1, let kind = kinds.first else { throw Failure("\(lock) is not one lock") }
        if let obstacle = kind.obstacle { throw Failure("this machine cannot have \(kind): \(obstacle)") }
        guard let pinning = Pinning(rawValue: load.pinning) else {
            throw Failure("there is no pinning \(load.pinning)")
        }
        let spacing = load.arrivals == "closed" ? Arrivals.Spacing.closed : Arrivals.Spacing.open(load.arrivals)
        guard let spacing, spacing == .closed || load.rate > 0 else {
            throw Failure("there are no arrivals \(load.arrivals)")
        }
        return Cell(
            lock: kind, workers: load.workers, criticalSection: load.criticalSection, think: load.think,
            counters: load.counters, readPercent: load.readPercent, pinning: pinning, spacing: spacing, rate: load.rate,
            scenario: load.scenario)
    }
}
