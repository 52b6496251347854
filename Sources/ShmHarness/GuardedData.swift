internal import CBench
internal import Synchronization

/// What the lock under test protects: the data of the test segment, and the integrity oracle's evidence.
///
///      0   owner word: the worker inside, plus one; 0 when nobody is
///      8   mirror: the complement of the first counter
///     16   counters
///
/// Everything is read and written with relaxed atomics, which are plain loads and stores to the machine: increments
/// are *not* atomic, so two workers inside at once lose updates, meet each other's owner word, or find the mirror
/// wrong.
@safe public struct GuardedData {
    /// The most counters that fit.
    public static let counterLimit = 1024

    private let base: UnsafeMutableRawPointer

    /// Bytes of a test segment with that many counters.
    public static func byteCount(counters: Int) -> Int { 16 + counters * 8 }

    /// A view of a test segment's data.
    public init(_ address: UnsafeMutableRawPointer) {
        unsafe base = address
    }

    private var owner: UnsafeMutablePointer<Atomic<UInt32>> { unsafe base.assumingMemoryBound(to: Atomic<UInt32>.self) }
    private var mirror: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + 8).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
    private var counters: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + 16).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Prepares fresh data. Called by the coordinator before it starts the workers.
    public func prepare() {
        unsafe mirror.pointee.store(~0, ordering: .relaxed)
    }

    /// Repairs what a dead owner may have left half done, as an application would. Called under the lock.
    public func repair() {
        unsafe owner.pointee.store(0, ordering: .relaxed)
        unsafe mirror.pointee.store(~counters.pointee.load(ordering: .relaxed), ordering: .relaxed)
    }

    /// One critical section. Returns 0 where nothing contradicted that this worker was alone inside; another number where
    /// it met somebody's owner word, or found related words that do not agree.
    @inline(__always)
    public func section(worker: UInt32, counters count: Int, delay: UInt64) -> UInt64 {
        let me = worker &+ 1
        // Differences are gathered and judged once, by the caller: branches here would be part of every critical section.
        var contradiction = UInt64(unsafe owner.pointee.load(ordering: .relaxed))
        unsafe owner.pointee.store(me, ordering: .relaxed)
        let first = unsafe counters.pointee.load(ordering: .relaxed)
        contradiction |= unsafe mirror.pointee.load(ordering: .relaxed) ^ ~first
        unsafe mirror.pointee.store(~(first &+ 1), ordering: .relaxed)
        if delay > 0 { Delay.spin(delay) }
        var index = 0
        while index < count {
            let value = unsafe counters[index].load(ordering: .relaxed)
            unsafe counters[index].store(value &+ 1, ordering: .relaxed)
            index &+= 1
            bench_keep(UInt64(truncatingIfNeeded: index))
        }
        contradiction |= UInt64(unsafe owner.pointee.load(ordering: .relaxed) ^ me)
        unsafe owner.pointee.store(0, ordering: .relaxed)
        return contradiction
    }

    /// One section that only reads. Returns 0 where nothing contradicted that no writer was inside.
    @inline(__always)
    public func readSection(counters count: Int, delay: UInt64) -> UInt64 {
        var contradiction = UInt64(unsafe owner.pointee.load(ordering: .relaxed))
        let first = unsafe counters.pointee.load(ordering: .relaxed)
        contradiction |= unsafe mirror.pointee.load(ordering: .relaxed) ^ ~first
        if delay > 0 { Delay.spin(delay) }
        // Every section increments all counters.
        var index = 1
        while index < count {
            contradiction |= unsafe counters[index].load(ordering: .relaxed) ^ first
            index &+= 1
        }
        contradiction |= UInt64(unsafe owner.pointee.load(ordering: .relaxed))
        contradiction |= unsafe counters.pointee.load(ordering: .relaxed) ^ first
        return contradiction
    }

    /// The worker inside, by the owner word.
    public var ownerNow: Int? {
        let word = unsafe owner.pointee.load(ordering: .relaxed)
        return word == 0 ? nil : Int(word) - 1
    }

    /// What a counter holds.
    public func counter(_ index: Int) -> UInt64 { unsafe counters[index].load(ordering: .acquiring) }

    /// By how much the counters differ from what they must hold, in sum.
    ///
    /// - Parameter surplus: how much more each may hold: sections of workers that were ended before they counted them.
    public func lostUpdates(expected: UInt64, counters count: Int, surplus: UInt64 = 0) -> UInt64 {
        (0..<count).reduce(0) { sum, index in
            let value = counter(index)
            if value < expected { return sum + expected - value }
            return sum + (value - expected > surplus ? value - expected - surplus : 0)
        }
    }
}
