internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// Measures the blocks of a comparison: in turns on the same memory where that is possible, and in rounds elsewhere.
final class BlockMeasurer {
    private let sides: (base: Side, candidate: Side)
    private let seed: UInt64
    private var turns: TurnMeasurer?
    private var measurers: [Comparison.Role: Measurer] = [:]
    /// The cells that are measured in rounds, and why, in the order in which they were found.
    private var inRounds: [(pair: Comparison.Pair, reason: String)] = []
    /// All measured rows, with their side.
    private(set) var rows: [(role: Comparison.Role, record: Record)] = []
    /// The blocks of each kind.
    private(set) var blocks = (ofTurns: 0, ofRounds: 0)
    /// Why no cell can be measured in turns; `nil` if some can.
    private let obstacle: String?

    /// Each measuring process is started when it is needed.
    init(_ sides: (base: Side, candidate: Side), seed: UInt64) {
        (self.sides, self.seed) = (sides, seed)
        obstacle = Self.obstacle(sides)
    }

    private static func obstacle(_ sides: (base: Side, candidate: Side)) -> String? {
        for (name, side) in [("base", sides.base), ("candidate", sides.candidate)] {
            if case .tool = side.thing { return "the workers of the \(name) are of another version" }
        }
        if case .plugin(let base) = sides.base.thing, case .plugin(let candidate) = sides.candidate.thing,
            base != candidate
        {
            return "one process cannot load two plugins"
        }
        return nil
    }

    /// Measures a block.
    ///
    /// - Parameters:
    ///   - timing: that of a round.
    ///   - wait: called ten times a second.
    func measure(_ request: Comparison.BlockRequest, _ timing: Timing, wait: () -> Void) throws -> Comparison.Block {
        let pair = request.pair
        if obstacle == nil, !inRounds.contains(where: { $0.pair == pair }) {
            let round = RoundRequest(
                lock: pair.baseLock, load: pair.load, round: request.firstRound, timing: timing, kills: pair.kills)
            let answer = try turnMeasurer().measure(
                TurnRequest(
                    base: round, otherLock: pair.lock(request.other), isControl: request.other == .control,
                    seed: request.seed), wait: wait)
            switch answer {
            case .block(let block):
                blocks.ofTurns += 1
                rows += block.base.map { (.base, $0) } + block.other.map { (request.other, $0) }
                return block
            case .obstacle(let reason): inRounds.append((pair, reason))
            }
        }
        blocks.ofRounds += 1
        return try Comparison.Block(request) { role, pair, round in
            let record = try measurer(role).measure(
                RoundRequest(lock: pair.lock(role), load: pair.load, round: round, timing: timing, kills: pair.kills),
                wait: wait)
            rows.append((role, record))
            return record
        }
    }

    /// Counts the instructions and system calls of a lock's paths on one side.
    func count(_ lock: String, of role: Comparison.Role) throws -> Result<[PathCost], Failure> {
        try measurer(role).count(lock, repetitions: PathComparison.repetitions)
    }

    private func turnMeasurer() throws -> TurnMeasurer {
        if let turns { return turns }
        let measurer = try TurnMeasurer(sides, seed: seed)
        turns = measurer
        return measurer
    }

    private func measurer(_ role: Comparison.Role) throws -> Measurer {
        if let measurer = measurers[role] { return measurer }
        let measurer = try Measurer(
            role == .candidate ? sides.candidate : sides.base, name: role.rawValue, seed: seed)
        measurers[role] = measurer
        return measurer
    }

    /// Measures a block of a cell that does not count.
    func tryOut(_ pair: Comparison.Pair, _ timing: Timing, seed: UInt64, wait: () -> Void) throws {
        let first = Comparison.BlockRequest(
            pair: pair, other: .candidate, startsWithBase: true, firstRound: 0, seed: seed)
        _ = try measure(first, timing, wait: wait)
        (rows, blocks) = ([], (0, 0))
    }

    /// How cells were measured, a sentence each.
    var notes: [String] {
        if let obstacle { return ["All cells were measured in rounds, since \(obstacle)."] }
        let notes = inRounds.map { pair, reason in
            "\(pair.candidateLock) × \(pair.load.workers) was measured in rounds, since \(reason)."
        }
        // The cells of a grid differ in what the notes do not name.
        return notes.enumerated().filter { !notes[..<$0.offset].contains($0.element) }.map(\.element)
    }

    /// The numbers of blocks with their parts, and the time that these spent in throughput windows, s.
    func counts(_ timing: Timing) -> (text: String, seconds: Double) {
        let (turns, rounds) = (TurnTiming(timing), Comparison.BlockRequest.rounds)
        let parts = [
            (blocks.ofTurns, 2 * turns.pairs, "turns", turns.window),
            (blocks.ofRounds, rounds, "rounds", timing.throughput),
        ].filter { $0.0 > 0 }
        let texts = parts.map { blocks, count, name, window in
            "\(counted(blocks, "block")) of \(count) \(name) of \(TimeSpan(nanoseconds: window))"
        }
        let nanoseconds = parts.reduce(0.0) { $0 + Double($1.0) * Double($1.1) * Double($1.3) }
        return (texts.joined(separator: " and "), nanoseconds / 1e9)
    }
}
