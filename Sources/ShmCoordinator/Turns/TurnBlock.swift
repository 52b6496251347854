internal import Glibc
@_spi(Bench) internal import ShmCore
public import ShmHarness

/// Two fleets that take turns on the same memory.
///
/// Both are alive for the whole block, pinned alike, and attached to one test segment. Each has an arena of its own. At any
/// time at most one of them runs; the workers of the other sleep at their gate (`Arena+Turns.swift`). At the start of each
/// turn the lock's area and the guarded counters are made anew, in the same cache lines, so that the placement of the memory
/// favours neither side. Turns come in pairs, one of each side in an order that a coin decides; another coin decides which
/// fleet is started first. If both sides are equal, every result of the block is as likely as the one with the sides
/// exchanged: only the coins tell the sides apart.
public final class TurnBlock {
    /// What one side runs.
    public struct Side: Sendable {
        /// The lock, and the load, which must be that of the other side.
        public var cell: Cell
        /// The program of its workers.
        public var program: WorkerProgram

        /// Names what one side runs.
        public init(_ cell: Cell, _ program: WorkerProgram) { (self.cell, self.program) = (cell, program) }
    }

    let sides: [TurnSide]
    let timing: TurnTiming
    private var generator: SplitMix64
    private let startedAt = time(nil)
    private let begun = Clock.now()
    private let times = CPUTimes.now()
    var watchdog: Watchdog
    /// The side whose workers made no progress for too long.
    var stuckSide: Int?

    /// Creates the segments. They are removed with this object.
    ///
    /// - Parameters:
    ///   - sides: base and candidate.
    ///   - number: unique within this process, as is the number after it.
    ///   - seed: the seed of the coins, of this block alone.
    ///   - sharesMemory: whether both sides have the same test segment. The opposite serves to show what that is worth.
    public init(
        _ sides: (base: Side, other: Side), _ timing: TurnTiming, number: Int, delays: Delay.Speed,
        clock: TickClock = .monotonic, seed: UInt64, sharesMemory: Bool = true
    ) throws(RoundFailure) {
        let (cell, cells) = (sides.base.cell, [sides.base.cell, sides.other.cell])
        let dataSize = GuardedData.byteCount(counters: cell.counters, lines: cell.load.touchedLines)
        let areas = cells.compactMap { LockArea(of: $0.lock, behind: dataSize) }
        guard areas.count == 2 else {
            throw .failed("this program does not have both locks, \(cells[0].lock) and \(cells[1].lock)")
        }
        let segments = try TurnSegments(
            number: number, arenaSize: Arena.byteCount(workers: cell.workers),
            dataSize: max(areas[0].end, areas[1].end), sharesMemory: sharesMemory)
        var made: [TurnSide] = []
        for (index, side) in [sides.base, sides.other].enumerated() {
            var cell = side.cell
            // The busy loops are those of the base's scene.
            if index == 1 { cell.busyLoops = 0 }
            let scene = try RoundScene(
                cell, Plan(cell, delays, clock, seed: seed, isTraced: false), number: number + index,
                program: side.program, arena: segments.arenas[index], data: unsafe GuardedData(segments.data[index]),
                keeping: segments)
            scene.assignSections(delays)
            scene.arena.stage = TurnStage(
                lock: cell.lock.name, testRound: segments.testRounds[index], area: areas[index])
            made.append(TurnSide(scene))
        }
        self.sides = made
        self.timing = timing
        generator = SplitMix64(state: seed)
        watchdog = Watchdog(patience: timing.stuckAfter)
    }

    /// What a block found.
    public struct Result: Sendable {
        /// The results of base and candidate, each summed up over its turns.
        public var sides: [RoundResult]
        /// The turns whose sections were counted: in each pair that of the base, and that of the candidate.
        public var pairs: [(base: Turn, other: Turn)]
        /// Why the block is void and must be repeated: its processes stood still.
        public var standstill: Standstill?
    }

    /// Runs the block. Throws if it was interrupted or a worker failed; a stuck side is a result.
    public func run() throws(RoundFailure) -> Result {
        try start()
        let windows: [(Phase, Int)] = [
            (.throughput, timing.pairs), (.latency, timing.latencyPairs), (.order, timing.orderPairs),
        ]
        for (window, pairs) in windows {
            for _ in 0..<pairs {
                for side in order() {
                    if try !turn(of: side, window) { return try end() }
                }
            }
        }
        return try end()
    }

    /// The two sides in random order.
    func order() -> [Int] { Bool.random(using: &generator) ? [0, 1] : [1, 0] }

    private func start() throws(RoundFailure) {
        let order = order()
        for side in order {
            let started = Clock.now()
            try sides[side].scene.start("turns")
            try sides[side].scene.gather()
            sides[side].startup = Clock.now() - started
        }
        try sides[0].scene.startBackground()
    }

    /// The first detected interference with a process of either side.
    var disturbance: Standstill? { sides[0].scene.disturbance ?? sides[1].scene.disturbance }

    /// Lets the workers exit, and sums up.
    private func end() throws(RoundFailure) -> Result {
        let stolen = times.flatMap { earlier in CPUTimes.now()?.stolenShare(since: earlier) }
        var standstill = Standstill(PauseWatch.shared.pauses(since: begun)) ?? disturbance
        if standstill == nil, let stuckSide { standstill = sides[stuckSide].scene.interruption(isStuck: true) }
        let whereabouts = stuckSide.map { sides[$0].scene.whereabouts() } ?? []
        for side in sides { side.scene.arena.endTurns() }
        try sides[0].scene.endBackground()
        if stuckSide == nil && standstill == nil { try awaitEnds() }
        for side in sides { side.scene.fleet.end() }
        let results = sides.indices.map { index in
            var result = sides[index].result(startedAt: startedAt)
            if standstill == nil && stuckSide == index && result.integrity == .ok {
                result.integrity = .stuck
                result.whereabouts = whereabouts
            }
            if standstill == nil && stuckSide == nil {
                result.figures = sides[index].figures()
                result.stolenShare = stolen
            }
            return result
        }
        let pairs = zip(sides[0].counted, sides[1].counted).map { (base: $0, other: $1) }
        return Result(sides: results, pairs: pairs, standstill: standstill)
    }

    /// Waits until all workers have exited, and throws if one of them failed.
    private func awaitEnds() throws(RoundFailure) {
        let fleets = sides.map(\.scene.fleet)
        let haveEnded = try Patience.after(nanoseconds: Int64(timing.stuckAfter)).wait(
            until: { !fleets.contains { $0.isRunning } })
        if haveEnded { for side in sides { try side.scene.check() } }
    }
}
