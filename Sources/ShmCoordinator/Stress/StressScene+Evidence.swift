internal import ShmHarness
internal import Synchronization

// What the workers have written into the arena.
extension StressScene {
    /// The sum of a value over all workers.
    func sum(_ count: (borrowing StressSlot) -> UInt64) -> UInt64 {
        (0..<arena.workers).reduce(0) { sum, worker in sum &+ (unsafe count(arena.slot(worker).pointee)) }
    }

    /// The maximum of a value over all workers.
    func most(_ figure: (borrowing StressSlot) -> UInt64) -> UInt64 {
        (0..<arena.workers).reduce(0) { most, worker in max(most, unsafe figure(arena.slot(worker).pointee)) }
    }

    /// Sections that a worker has finished.
    func finished(_ worker: Int) -> UInt64 { unsafe arena.slot(worker).pointee.finished.load(ordering: .acquiring) }

    /// The last events of each worker.
    func events() -> [[FlightEvent]] { (0..<arena.workers).map { arena.recorder($0).events() } }
}
