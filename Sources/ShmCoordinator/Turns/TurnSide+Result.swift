internal import ShmHarness
internal import Synchronization

extension TurnSide {
    /// The oracle's verdict on all turns. The figures are left out.
    func result(startedAt: Int) -> RoundResult {
        var result = RoundResult(startedAt: startedAt)
        for worker in 0..<scene.cell.workers {
            let slot = unsafe scene.arena.slot(worker)
            result.overlaps += unsafe slot.pointee.overlaps.load(ordering: .relaxed)
            result.ownerDeaths += unsafe slot.pointee.ownerDeaths.load(ordering: .relaxed)
        }
        result.lostUpdates = lostUpdates
        result.startupNanoseconds = startup
        result.integrity = lostUpdates == 0 && result.overlaps == 0 ? .ok : .failed
        return result
    }
}
