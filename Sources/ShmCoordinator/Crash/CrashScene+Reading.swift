internal import ShmCore
internal import ShmHarness
internal import Synchronization

// What the survivors have written into the arena.
extension CrashScene {
    /// The sum of a value over all survivors.
    func sum(_ figure: (borrowing CrashSlot) -> UInt64) -> UInt64 {
        (0..<survivors).reduce(0) { sum, survivor in sum + figure(unsafe arena.slot(survivor).pointee) }
    }

    /// Critical sections that the survivors have completed.
    var sections: UInt64 { sum { $0.sections.load(ordering: .acquiring) } }

    /// By how much each counter exceeds the increments of the survivors and of earlier targets. Exact while no process
    /// is inside.
    func surplus() -> [UInt64] {
        let sections = sections
        return (0..<CrashArena.counters).map { data.counter($0) &- sections &- inherited[$0] }
    }

    /// The time of a survivor's last acquisition, in ns; 0 if there was none.
    func acquiredAt(_ survivor: Int) -> UInt64 {
        unsafe arena.slot(survivor).pointee.acquiredAt.load(ordering: .acquiring)
    }

    /// The first acquisition by a survivor after a point in time.
    func firstAcquisition(after time: UInt64) -> UInt64? {
        (0..<survivors).map(acquiredAt).filter { $0 > time }.min()
    }

    /// Errnos of failed locks, the target's included.
    var failures: [Int32] {
        (0...survivors).map { unsafe arena.slot($0).pointee.errorNumber.load(ordering: .acquiring) }.filter { $0 != 0 }
    }
}
