internal import ShmHarness
internal import Synchronization

extension RoundScene {
    /// Judges whether no update is lost and no two workers met.
    ///
    /// - Parameter isStuck: whether no worker made progress.
    func examine(_ result: inout RoundResult, isStuck: Bool) {
        var expected: UInt64 = 0
        for worker in 0..<cell.workers {
            let slot = unsafe arena.slot(worker)
            let sections = unsafe slot.pointee.sections.load(ordering: .acquiring)
            expected += sections - min(sections, unsafe slot.pointee.reads.load(ordering: .relaxed))
            result.overlaps += unsafe slot.pointee.overlaps.load(ordering: .relaxed)
            result.ownerDeaths += unsafe slot.pointee.ownerDeaths.load(ordering: .relaxed)
        }
        if result.standstill != nil {
            // An overlap counts even if a process stood still.
            result.integrity = result.overlaps == 0 ? .ok : .failed
        } else if isStuck {
            result.integrity = .stuck
        } else {
            // A worker that was killed between a section and its count leaves the counters ahead, and so does one that
            // was killed inside.
            result.lostUpdates = data.lostUpdates(
                expected: expected, counters: cell.counters, lines: cell.load.touchedLines,
                surplus: result.isCutShort ? UInt64(cell.workers) * WorkerSlot.longestBurst + 1 : 0)
            result.integrity = result.lostUpdates == 0 && result.overlaps == 0 ? .ok : .failed
        }
    }
}
