internal import ShmCore
internal import ShmHarness

/// The two fresh segments of a fleet: the arena, and the segment with the lock under test. They are removed with the
/// last reference.
@safe final class RoundSegments {
    let keys: RoundKeys
    /// Attached for writing.
    let arena: SharedMemory
    /// Attached for writing.
    let test: SharedMemory
    /// The address of the test segment's data.
    let data: UnsafeMutableRawPointer

    /// Creates both segments and attaches to them.
    ///
    /// - Parameter number: unique within this process.
    init(number: Int, arenaSize: Int, lock: LockKind, dataSize: Int) throws(RoundFailure) {
        keys = RoundKeys(run: try ThisRun.begin(), round: number)
        arena = SharedMemory(key: keys.arena)
        test = SharedMemory(key: keys.test)
        do throws(SharedMemoryError) {
            try arena.create(size: arenaSize, lock: .noLock)
            try test.create(size: dataSize, lock: lock)
            try arena.attach()
            try test.attach()
        } catch {
            Self.remove(arena, test)
            throw .failed(RefusalReason.reason(error))
        }
        guard let address = unsafe test.mutableData?.baseAddress else {
            Self.remove(arena, test)
            throw .failed("the segment \(keys.test) is not there")
        }
        unsafe data = address
    }

    /// Creates a canary, which detects writes outside the lock's area.
    func canary() throws(RoundFailure) -> SegmentCanary {
        do throws(SharedMemoryError) { return try SegmentCanary(test) } catch { throw .failed(error.description) }
    }

    deinit { Self.remove(arena, test) }

    private static func remove(_ segments: SharedMemory...) {
        for segment in segments {
            if segment.isValid { try? segment.detach() }
            RunFiles.remove(segment)
        }
    }
}
