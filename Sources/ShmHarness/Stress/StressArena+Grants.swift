internal import Synchronization

// Who got the lock, in which order.
extension StressArena {
    /// Grants that the ring holds.
    public static let grantCapacity = 256

    /// How many grants have been noted.
    public var grants: Int { Int(truncatingIfNeeded: unsafe word(2048).pointee.load(ordering: .acquiring)) }

    /// Under the lock: a worker has it.
    public func noteGrant(_ worker: Int) {
        let count = unsafe word(2048).pointee.load(ordering: .relaxed)
        let entry = unsafe futexWord(2056 + (Int(truncatingIfNeeded: count) & (Self.grantCapacity - 1)) * 4)
        unsafe entry.pointee.store(UInt32(truncatingIfNeeded: worker), ordering: .relaxed)
        unsafe word(2048).pointee.store(count &+ 1, ordering: .releasing)
    }

    /// Who got the lock from a grant on, in this order; the last ``grantCapacity`` at most.
    public func grants(from first: Int) -> [Int] {
        (max(first, grants - Self.grantCapacity)..<max(first, grants)).map { index in
            Int(unsafe futexWord(2056 + (index & (Self.grantCapacity - 1)) * 4).pointee.load(ordering: .relaxed))
        }
    }
}
