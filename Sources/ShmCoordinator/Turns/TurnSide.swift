@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// One side of a block of turns: its fleet, and what its turns have counted so far.
final class TurnSide {
    let scene: RoundScene
    /// The turns whose sections were counted.
    private(set) var counted: [Turn] = []
    /// The sum of the lengths of the turns whose acquisitions were timed, ns.
    private(set) var timed: UInt64 = 0
    private(set) var lostUpdates: UInt64 = 0
    /// From the first spawn until all workers had arrived at the gate, ns.
    var startup: UInt64 = 0
    /// How often all workers have arrived at the gate or the barrier.
    private var meetings = 1

    init(_ scene: RoundScene) { self.scene = scene }

    /// The number of arrivals so far, when the next meeting of all workers is complete.
    func nextMeeting() -> Int {
        meetings += 1
        return meetings * scene.cell.workers
    }

    /// The state of the counts at one time.
    struct Snapshot {
        var sections: [UInt64]
        var time: UInt64
    }

    /// Counts the sections of each worker. A count that took long, because this process lost its CPU meanwhile, belongs to no
    /// time, and is taken again.
    func snapshot() -> Snapshot {
        var best = Snapshot(sections: [], time: 0)
        for _ in 0..<10 {
            let start = Clock.now()
            best.sections = scene.sections()
            let end = Clock.now()
            best.time = start + (end - start) / 2
            if end - start < 20_000 { break }
        }
        return best
    }

    /// The number that each counter must have after a turn, less what it must have had before.
    func writes() -> UInt64 { sum { $0.sections.load(ordering: .acquiring) &- $0.reads.load(ordering: .relaxed) } }

    /// CPU time of all workers in the windows so far, µs.
    func cpuMicroseconds() -> UInt64 {
        sum { $0.userMicroseconds.load(ordering: .relaxed) &+ $0.systemMicroseconds.load(ordering: .relaxed) }
    }

    private func sum(_ figure: (borrowing WorkerSlot) -> UInt64) -> UInt64 {
        (0..<scene.cell.workers).reduce(0) { $0 &+ (unsafe figure(scene.arena.slot($1).pointee)) }
    }

    /// Compares the guarded counters with the workers' own, after a turn.
    func examine(writes: UInt64) {
        lostUpdates += scene.data.lostUpdates(
            expected: writes, counters: scene.cell.counters, lines: scene.cell.load.touchedLines)
    }

    /// Records the window of a turn.
    func record(_ window: Phase, from start: Snapshot, to end: Snapshot, cpuMicroseconds: UInt64) {
        let length = max(end.time, start.time + 1) - start.time
        switch window {
        case .throughput:
            let whole = start.time..<start.time + length
            let common = (0..<scene.cell.workers).reduce(whole) { $0.clamped(to: presence(of: $1, in: whole)) }
            counted.append(
                Turn(
                    sections: zip(end.sections, start.sections).map { $0 &- $1 }, nanoseconds: length,
                    cpuMicroseconds: cpuMicroseconds, shared: common.upperBound - common.lowerBound))
        case .latency: timed += length
        default: break
        }
    }

    /// The part of a window between the worker's first and last step in it.
    private func presence(of worker: Int, in window: Range<UInt64>) -> Range<UInt64> {
        let slot = unsafe scene.arena.slot(worker)
        let entered = unsafe slot.pointee.windowEntered.load(ordering: .relaxed)
        let start = min(max(entered, window.lowerBound), window.upperBound)
        let left = unsafe slot.pointee.windowLeft.load(ordering: .relaxed)
        return start..<max(start, min(left, window.upperBound))
    }

    /// The figures of all turns, as those of one round.
    func figures() -> RoundResult.Figures {
        let length = counted.reduce(0) { $0 + $1.nanoseconds }
        var figures = scene.figures(
            RoundWindow(parts: counted.map(\.sections), nanoseconds: length), isComplete: true)
        figures.overlap = length > 0 ? Double(counted.reduce(0) { $0 + $1.shared }) / Double(length) : 0
        figures.latencyDuration = Double(timed) / 1e9
        let fairness = counted.compactMap(\.fairness)
        figures.turnFairness = fairness.isEmpty ? nil : fairness.reduce(0, +) / Double(fairness.count)
        // The workers report it of their last turn alone.
        figures.holding = nil
        return figures
    }
}
