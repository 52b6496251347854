internal import CBench
public import Synchronization

/// Who held the lock, in which order, and when the last owner began to release it. Written under the lock under test,
/// so plain words will do; a lock that lets two in only spoils the log.
///
///      0   entries written so far
///      8   when the last owner began to release, ticks; 0 before the first
///     16   the last owner plus one
///    128   a ring of two-byte entries: the owner's number. (One byte would do for 256 workers only.)
///
/// Once the ring is full, the newest entry takes the oldest one's place.
@safe public struct AcquisitionLog {
    /// Entries that the ring holds.
    @inlinable public static var capacity: Int { 1 << 18 }
    /// Bytes of memory.
    @inlinable public static var byteCount: Int { 128 + capacity * MemoryLayout<UInt16>.stride }

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let ring: UnsafeMutablePointer<UInt16>

    /// A view of zeroed memory of ``byteCount`` bytes.
    @inlinable
    public init(_ memory: UnsafeMutableRawPointer) {
        unsafe base = memory
        unsafe ring = (memory + 128).assumingMemoryBound(to: UInt16.self)
    }

    @inlinable
    func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Called by the new owner. Returns who had the lock before, plus one, and when that one began to release it; zeros
    /// for the first.
    @inlinable @inline(__always)
    public func enter(worker: Int) -> (ownerPlusOne: UInt64, released: UInt64) {
        let written = unsafe word(0).pointee.load(ordering: .relaxed)
        unsafe ring[Int(truncatingIfNeeded: written) & (Self.capacity - 1)] = UInt16(truncatingIfNeeded: worker)
        unsafe word(0).pointee.store(written &+ 1, ordering: .relaxed)
        let before = unsafe word(16).pointee.load(ordering: .relaxed)
        unsafe word(16).pointee.store(UInt64(worker) &+ 1, ordering: .relaxed)
        return (before, unsafe word(8).pointee.load(ordering: .relaxed))
    }

    /// Called by the owner that is about to release.
    @inlinable @inline(__always)
    public func leave(at ticks: UInt64) { unsafe word(8).pointee.store(ticks, ordering: .relaxed) }

    /// Reads every page once, so that no owner meets a page fault.
    public func touch() {
        var sum: UInt64 = 0
        var index = 0
        while index < Self.capacity {
            sum &+= UInt64(unsafe ring[index])
            index &+= 1024
        }
        bench_keep(sum)
    }

    /// The owners in order, oldest first, as far as the ring holds them.
    public func owners() -> [UInt16] {
        let written = unsafe word(0).pointee.load(ordering: .acquiring)
        let kept = min(written, UInt64(Self.capacity))
        return (written - kept..<written).map { unsafe ring[Int(truncatingIfNeeded: $0) & (Self.capacity - 1)] }
    }

    /// What one acquisition pays for the log where its memory is in the cache, ns: the least of a few measurements.
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
