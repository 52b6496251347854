internal import CBench
public import Synchronization

/// The owners of the lock in the order of their acquisitions, and when the last owner began to release it. It is
/// written under the lock under test, so plain words suffice; a lock that admits two owners at once corrupts only the
/// log.
///
///      0   entries written so far
///      8   when the last owner began to release the lock, in ticks; 0 before the first release
///     16   the last owner plus one
///    128   a ring of two-byte entries, each the number of an owner (one byte would limit a round to 256 workers)
///
/// A full ring overwrites its oldest entry.
@safe public struct AcquisitionLog {
    /// Capacity of the ring, in entries.
    @inlinable public static var capacity: Int { 1 << 18 }
    /// Size of the log in memory, in bytes.
    @inlinable public static var byteCount: Int { 128 + capacity * MemoryLayout<UInt16>.stride }

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let ring: UnsafeMutablePointer<UInt16>

    /// Creates a view of zeroed memory of ``byteCount`` bytes.
    @inlinable
    public init(_ memory: UnsafeMutableRawPointer) {
        unsafe base = memory
        unsafe ring = (memory + 128).assumingMemoryBound(to: UInt16.self)
    }

    @inlinable
    func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Logs an acquisition; the new owner calls it. Returns the number of the previous owner plus one, and when that
    /// owner began to release the lock; two zeros for the first acquisition.
    @inlinable @inline(__always)
    public func enter(worker: Int) -> (ownerPlusOne: UInt64, released: UInt64) {
        let written = unsafe word(0).pointee.load(ordering: .relaxed)
        unsafe ring[Int(truncatingIfNeeded: written) & (Self.capacity - 1)] = UInt16(truncatingIfNeeded: worker)
        unsafe word(0).pointee.store(written &+ 1, ordering: .relaxed)
        let before = unsafe word(16).pointee.load(ordering: .relaxed)
        unsafe word(16).pointee.store(UInt64(worker) &+ 1, ordering: .relaxed)
        return (before, unsafe word(8).pointee.load(ordering: .relaxed))
    }

    /// Logs the start of a release; the owner calls it.
    @inlinable @inline(__always)
    public func leave(at ticks: UInt64) { unsafe word(8).pointee.store(ticks, ordering: .relaxed) }

    /// Forgets the last owner, so that the next acquisition follows none. The entries are kept.
    public func forgetOwner() {
        unsafe word(8).pointee.store(0, ordering: .relaxed)
        unsafe word(16).pointee.store(0, ordering: .relaxed)
    }

    /// Reads every page once, so that no page fault falls into an owner's critical section.
    public func touch() {
        var sum: UInt64 = 0
        var index = 0
        while index < Self.capacity {
            sum &+= UInt64(unsafe ring[index])
            index &+= 1024
        }
        bench_keep(sum)
    }

    /// The owners, oldest first, as far back as the ring reaches.
    public func owners() -> [UInt16] {
        let written = unsafe word(0).pointee.load(ordering: .acquiring)
        let kept = min(written, UInt64(Self.capacity))
        return (written - kept..<written).map { unsafe ring[Int(truncatingIfNeeded: $0) & (Self.capacity - 1)] }
    }

    /// The cost of the log per acquisition while its memory is in the cache, in ns: the minimum of ten measurements.
    public static func cost(_ clock: TickClock) -> Double {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 128)
        defer { unsafe memory.deallocate() }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        let log = unsafe AcquisitionLog(memory)
        let entries = 20_000
        let samples = (0..<10).map { _ in
            let start = clock.now()
            var sum: UInt64 = 0
            for entry in 0..<entries {
                sum &+= log.enter(worker: entry & 1).released
                log.leave(at: UInt64(entry))
            }
            bench_keep(sum)
            return Double(clock.nanoseconds(clock.now() &- start)) / Double(entries)
        }
        return samples.min() ?? 0
    }
}
