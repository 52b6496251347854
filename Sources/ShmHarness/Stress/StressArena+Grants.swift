internal import Synchronization

// The order in which workers got the lock.
extension StressArena {
    /// Capacity of the ring, in grants.
    public static let grantCapacity = 256

    /// The number of grants recorded so far.
    public var grants: Int { Int(truncatingIfNeeded: unsafe word(2048).pointee.load(ordering: .acquiring)) }

    /// Records that a worker has the lock. The caller holds the lock.
    public func noteGrant(_ worker: Int) {
        let count = unsafe word(2048).pointee.load(ordering: .relaxed)
        let entry = unsafe futexWord(2056 + (Int(truncatingIfNeeded: count) & (Self.grantCapacity - 1)) * 4)
        unsafe entry.pointee.store(UInt32(truncatingIfNeeded: worker), ordering: .relaxed)
        unsafe word(2048).pointee.store(count &+ 1, ordering: .releasing)
    }

    /// The workers that got the lock, in order, from the given grant on; at most the last ``grantCapacity``.
    public func grants(from first: Int) -> [Int] {
        (max(first, grants - Self.grantCapacity)..<max(first, grants)).map { index in
            Int(unsafe futexWord(2056 + (index & (Self.grantCapacity - 1)) * 4).pointee.load(ordering: .relaxed))
        }
    }
}
