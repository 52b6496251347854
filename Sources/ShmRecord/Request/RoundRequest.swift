package import ShmCoordinator
internal import ShmCore

/// A request to another process to measure one round: a line of `name=value` words. Later versions may add words.
package struct RoundRequest: Equatable {
    /// The first line of the other process, with the version of the protocol.
    package static let greeting = "shmbench rounds 1"
    /// The prefix of an answer that reports an error instead of a row.
    package static let refusal = "error: "

    /// The lock's name, or `plugin` for the plugin's.
    package var lock: String
    package var load: Load
    package var round: Int
    /// Lengths of the phases, ns; 0 leaves out the latency or the order window.
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
        // The position that the first version of the protocol used.
        words.insert(("round", "\(round)"), at: 3)
        words += [
            ("warmup_ns", "\(warmup)"), ("throughput_ns", "\(throughput)"), ("latency_ns", "\(latency)"),
            ("order_ns", "\(order)"), ("stuck_after_ns", "\(stuckAfter)"), ("kills", "\(kills)"),
        ]
        return words.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    /// Parses a line.
    ///
    /// - Throws: ``Failure`` that names the word, its value and what is expected.
    package init(_ line: String) throws { try self.init(RequestWords(line)) }

    init(_ words: RequestWords) throws {
        lock = try words.text("lock")
        load = Load()
        for parameter in Parameter.all where parameter.isRequired || words.has(parameter.column) {
            try parameter.restore(words.text(parameter.column), for: parameter.column, in: &load)
        }
        if load.lacksRate {
            throw Failure.invalid("0", for: "rate_per_s", expected: "more than 0 with arrivals=\(load.spacing.name)")
        }
        if load.hasOddBurst {
            throw Failure.invalid(
                "\(load.burst)", for: "burst", expected: "2…4096 with arrivals=burst, and nothing without")
        }
        round = try words.number("round", 0...Int.max)
        warmup = try words.number("warmup_ns", TimeSpan.range)
        throughput = try words.number("throughput_ns", TimeSpan.range)
        latency = try words.number("latency_ns", TimeSpan.range)
        order = try words.number("order_ns", TimeSpan.range)
        stuckAfter = try words.number("stuck_after_ns", TimeSpan.range)
        kills = try words.number("kills", 0...1000)
    }

    package var timing: Timing {
        Timing(warmup: warmup, throughput: throughput, latency: latency, order: order, stuckAfter: stuckAfter)
    }

    /// The requested cell.
    ///
    /// - Throws: ``Failure`` if this program does not have the lock, or this machine does not support it.
    package func cell() throws -> Cell {
        Cell(try LockSelection.supported(lock), load)
    }
}
