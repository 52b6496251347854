internal import Synchronization

/// The data that the lock of a stress test protects, and the evidence of the oracle.
///
///      0   owner word: the worker inside plus one, and its incarnation in the upper half; 0 if no worker is inside
///      8   mirror: the complement of the first counter
///     16   the last mark that an owner has seen (``StressArena/mark``), and the time of its acquisition in ns
///     64   counters
///
/// Each section increments all counters. The expected value of each counter is the sum of all workers'
/// ``StressSlot/finished``, which are also written under the lock. An owner that dies during its update leaves some of
/// the counters too high by one; its successor undoes that. Any other difference is a lost update of a live worker.
@safe public struct StressData {
    /// How many counters each section increments, one after the other: an owner can die between two of them.
    public static let counters = 4
    /// Size in memory, in bytes.
    public static let byteCount = 64 + counters * 8

    private let base: UnsafeMutableRawPointer

    /// Creates a view of memory of ``byteCount`` bytes.
    public init(_ memory: UnsafeMutableRawPointer) { unsafe base = memory }

    private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Sets the mirror to match counters of 0, which fresh memory has.
    public func prepare() { unsafe word(8).pointee.store(~0, ordering: .relaxed) }

    /// A worker, and its incarnation.
    public struct Owner: Equatable, Sendable {
        /// The worker's index, from 0.
        public var worker: Int
        /// Which of the processes that have had that number.
        public var incarnation: UInt32

        /// Creates an owner.
        public init(worker: Int, incarnation: UInt32) {
            self.worker = worker
            self.incarnation = incarnation
        }

        var word: UInt64 { UInt64(worker + 1) | UInt64(incarnation) << 32 }
    }

    /// The owner inside, according to the owner word.
    public var owner: Owner? {
        get {
            let word = unsafe word(0).pointee.load(ordering: .relaxed)
            let worker = UInt32(truncatingIfNeeded: word)
            return worker == 0 ? nil : Owner(worker: Int(worker) - 1, incarnation: UInt32(word >> 32))
        }
        nonmutating set { unsafe word(0).pointee.store(newValue?.word ?? 0, ordering: .relaxed) }
    }

    /// The last mark that an owner has seen, and the time of that owner's acquisition.
    public var seen: (mark: UInt64, time: UInt64) {
        (unsafe word(16).pointee.load(ordering: .acquiring), unsafe word(24).pointee.load(ordering: .relaxed))
    }

    /// Records that an owner has seen a mark, with the time of its acquisition. The caller holds the lock.
    public func see(_ mark: UInt64, at time: UInt64) {
        if unsafe word(16).pointee.load(ordering: .relaxed) == mark { return }
        unsafe word(24).pointee.store(time, ordering: .relaxed)
        unsafe word(16).pointee.store(mark, ordering: .releasing)
    }

    /// The value of a counter.
    public func counter(_ index: Int) -> UInt64 { unsafe word(64 + index * 8).pointee.load(ordering: .relaxed) }

    /// Increments a counter without an atomic read-modify-write: only the lock makes it safe.
    public func increment(_ index: Int) {
        let counter = unsafe word(64 + index * 8)
        unsafe counter.pointee.store(counter.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Whether the first counter and its mirror agree.
    public var isCoherent: Bool { unsafe word(8).pointee.load(ordering: .relaxed) == ~counter(0) }

    /// Whether the data are as they must be while no writer is inside.
    public var isWhole: Bool {
        guard owner == nil && isCoherent else { return false }
        let first = counter(0)
        return (1..<Self.counters).allSatisfy { counter($0) == first }
    }

    /// Sets the mirror to the complement of the first counter. The caller holds the lock.
    public func reflect() { unsafe word(8).pointee.store(~counter(0), ordering: .relaxed) }

    /// The sum of the differences between the counters and the expected value.
    public func deviation(from expected: UInt64) -> UInt64 {
        (0..<Self.counters).reduce(0) { sum, index in
            let value = counter(index)
            return sum &+ (value > expected ? value - expected : expected - value)
        }
    }

    /// Repairs the data after an owner's death, as an application would: undoes its last update. Returns the part of
    /// the difference that a single half-written update does not explain.
    public func repair(expected: UInt64) -> UInt64 {
        var unexplained: UInt64 = 0
        for index in 0..<Self.counters {
            let value = counter(index)
            if value != expected && value != expected &+ 1 {
                unexplained &+= value > expected ? value - expected : expected - value
            }
            unsafe word(64 + index * 8).pointee.store(expected, ordering: .relaxed)
        }
        reflect()
        return unexplained
    }
}
