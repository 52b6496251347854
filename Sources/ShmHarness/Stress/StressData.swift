internal import Synchronization

/// What the lock of a stress test protects, and the oracle's evidence.
///
///      0   owner word: the worker inside plus one, and its incarnation in the upper half; 0 when none is
///      8   mirror: the complement of the first counter
///     16   the last mark that an owner has seen (``StressArena/mark``), and when it got the lock, ns
///     64   counters
///
/// Each section increments all counters. What a counter must hold is the sum of all workers' ``StressSlot/finished``,
/// which are written under the lock too: an owner that dies half-way leaves at most one update too many in some of
/// them, which its successor takes back. Any other difference is an update of a live worker that was lost.
@safe public struct StressData {
    /// Counters.
    public static let counters = 4
    /// Bytes of memory.
    public static let byteCount = 64 + counters * 8

    private let base: UnsafeMutableRawPointer

    /// A view of memory of ``byteCount`` bytes.
    public init(_ memory: UnsafeMutableRawPointer) { unsafe base = memory }

    private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Prepares fresh data.
    public func prepare() { unsafe word(8).pointee.store(~0, ordering: .relaxed) }

    /// A worker and which of the processes in its place.
    public struct Owner: Equatable, Sendable {
        /// The worker's number.
        public var worker: Int
        /// Its incarnation.
        public var incarnation: UInt32

        /// An owner.
        public init(worker: Int, incarnation: UInt32) {
            self.worker = worker
            self.incarnation = incarnation
        }

        var word: UInt64 { UInt64(worker + 1) | UInt64(incarnation) << 32 }
    }

    /// Who is inside, by the owner word.
    public var owner: Owner? {
        get {
            let word = unsafe word(0).pointee.load(ordering: .relaxed)
            let worker = UInt32(truncatingIfNeeded: word)
            return worker == 0 ? nil : Owner(worker: Int(worker) - 1, incarnation: UInt32(word >> 32))
        }
        nonmutating set { unsafe word(0).pointee.store(newValue?.word ?? 0, ordering: .relaxed) }
    }

    /// The last mark that was seen by an owner, and when that one got the lock.
    public var seen: (mark: UInt64, time: UInt64) {
        (unsafe word(16).pointee.load(ordering: .acquiring), unsafe word(24).pointee.load(ordering: .relaxed))
    }

    /// Under the lock: an owner that got the lock at such a time has seen a mark.
    public func see(_ mark: UInt64, at time: UInt64) {
        if unsafe word(16).pointee.load(ordering: .relaxed) == mark { return }
        unsafe word(24).pointee.store(time, ordering: .relaxed)
        unsafe word(16).pointee.store(mark, ordering: .releasing)
    }

    /// What a counter holds.
    public func counter(_ index: Int) -> UInt64 { unsafe word(64 + index * 8).pointee.load(ordering: .relaxed) }

    /// Increments a counter, without an atomic read-modify-write: only the lock keeps it whole.
    public func increment(_ index: Int) {
        let counter = unsafe word(64 + index * 8)
        unsafe counter.pointee.store(counter.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Whether the related words agree.
    public var isCoherent: Bool { unsafe word(8).pointee.load(ordering: .relaxed) == ~counter(0) }

    /// Whether all is as it is while no writer is inside.
    public var isWhole: Bool {
        guard owner == nil && isCoherent else { return false }
        let first = counter(0)
        return (1..<Self.counters).allSatisfy { counter($0) == first }
    }

    /// Brings the mirror in line.
    public func reflect() { unsafe word(8).pointee.store(~counter(0), ordering: .relaxed) }

    /// How many updates are missing or too many, where each counter must hold so much.
    public func deviation(from expected: UInt64) -> UInt64 {
        (0..<Self.counters).reduce(0) { sum, index in
            let value = counter(index)
            return sum &+ (value > expected ? value - expected : expected - value)
        }
    }

    /// After an owner's death, as an application would: everything as if its last update had never begun. Returns how
    /// much was missing or too many that a single half-written update does not explain.
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
