package import ShmCoordinator
internal import ShmCore

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
        var words = Parameter.all.map { ($0.column, $0.text(load)) }
        words.insert(("lock", lock), at: 0)
        // Where the first version has it.
        words.insert(("round", "\(round)"), at: 3)
        words += [
            ("warmup_ns", "\(warmup)"), ("throughput_ns", "\(throughput)"), ("latency_ns", "\(latency)"),
            ("order_ns", "\(order)"), ("stuck_after_ns", "\(stuckAfter)"), ("kills", "\(kills)"),
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
        func text(_ name: String) throws -> String {
            guard let value = words[name[...]] else { throw Failure("there is no \(name)") }
            return String(value)
        }
        func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
            let text = try text(name)
            guard let number = Int(text), range.contains(number) else {
                throw Failure.invalid(text, for: name, expected: range.text)
            }
            return number
        }
        lock = try text("lock")
        load = Load()
        for parameter in Parameter.all where parameter.isRequired || words[parameter.column[...]] != nil {
            try parameter.restore(text(parameter.column), for: parameter.column, in: &load)
        }
        if load.lacksRate { throw Failure("arrivals=\(load.spacing.name) needs a rate_per_s above 0") }
        round = try number("round", 0...Int.max)
        warmup = try number("warmup_ns", TimeSpan.range)
        throughput = try number("throughput_ns", TimeSpan.range)
        latency = try number("latency_ns", TimeSpan.range)
        order = try number("order_ns", TimeSpan.range)
        stuckAfter = try number("stuck_after_ns", TimeSpan.range)
        kills = try number("kills", 0...1000)
    }

    package var timing: Timing {
        Timing(warmup: warmup, throughput: throughput, latency: latency, order: order, stuckAfter: stuckAfter)
    }

    /// The cell that it asks for, where this program and machine have it.
    package func cell() throws -> Cell {
        let kinds = try LockSelection.kinds([lock], for: "lock")
        guard kinds.count == 1, let kind = kinds.first else { throw Failure("\(lock) is not one lock") }
        if let obstacle = kind.obstacle { throw Failure("this machine cannot have \(kind): \(obstacle)") }
        return Cell(kind, load)
    }
}
