public import Synchronization

/// The data that the lock under test protects, in the test segment, and the evidence of the integrity oracle.
///
///      0   owner word: the number of the worker inside plus one; 0 if no worker is inside
///      8   mirror: the complement of the first counter
///     16   counters
///      …   if sections touch memory: lines of 64 bytes, whose first words are incremented as the counters are
///
/// All accesses are relaxed atomics, which compile to plain loads and stores. Increments are *not* atomic: two workers
/// that are inside at once lose updates, find each other's owner word, or find a wrong mirror.
@safe public struct GuardedData {
    /// The maximum number of counters.
    public static let counterLimit = 1024
    /// The size of a touched line, in bytes: a cache line.
    @inlinable public static var lineSize: Int { 64 }
    /// The maximum number of touched lines: 1 MiB.
    public static let lineLimit = (1 << 20) / lineSize

    @usableFromInline let base: UnsafeMutableRawPointer

    /// The size of a test segment with that many counters and touched lines, in bytes.
    public static func byteCount(counters: Int, lines: Int = 0) -> Int {
        // The first line begins at a multiple of its size.
        16 + counters * 8 + (lines > 0 ? (lines + 1) * lineSize : 0)
    }

    /// Creates a view of a test segment's data.
    public init(_ address: UnsafeMutableRawPointer) {
        unsafe base = address
    }

    /// The number of the worker inside plus one; 0 if no worker is inside.
    @inlinable public var owner: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe base.assumingMemoryBound(to: Atomic<UInt32>.self)
    }
    /// The complement of the first counter, as long as no worker is inside.
    @inlinable public var mirror: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + 8).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
    /// The first counter.
    @inlinable public var counters: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + 16).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// The first touched line.
    @inlinable
    public func lines(counters count: Int) -> UnsafeMutableRawPointer {
        let end = unsafe base + 16 + count * 8
        return unsafe end.alignedUp(toMultipleOf: Self.lineSize)
    }

    /// The first word of a touched line.
    @inlinable
    public func line(_ index: Int, counters count: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (lines(counters: count) + index * Self.lineSize).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Prepares fresh data. Called by the coordinator before it starts the workers.
    public func prepare() {
        unsafe mirror.pointee.store(~0, ordering: .relaxed)
    }

    /// Makes the data as they were when they were fresh, while no worker uses them.
    public func remake(counters count: Int, lines: Int) {
        unsafe owner.pointee.store(0, ordering: .relaxed)
        for index in 0..<count { unsafe counters[index].store(0, ordering: .relaxed) }
        for index in 0..<lines { unsafe line(index, counters: count).pointee.store(0, ordering: .relaxed) }
        prepare()
    }

    /// Repairs a half-written update of a dead owner, as an application would. The caller holds the lock.
    public func repair() {
        unsafe owner.pointee.store(0, ordering: .relaxed)
        unsafe mirror.pointee.store(~counters.pointee.load(ordering: .relaxed), ordering: .relaxed)
    }

    /// The worker inside, according to the owner word.
    public var ownerNow: Int? {
        let word = unsafe owner.pointee.load(ordering: .relaxed)
        return word == 0 ? nil : Int(word) - 1
    }

    /// The value of a counter.
    public func counter(_ index: Int) -> UInt64 { unsafe counters[index].load(ordering: .acquiring) }

    /// The sum of the differences between the counters, or touched lines, and their expected value.
    ///
    /// - Parameter surplus: by how much each counter may exceed it: sections of workers that were killed before they
    ///   counted them.
    public func lostUpdates(expected: UInt64, counters count: Int, lines: Int = 0, surplus: UInt64 = 0) -> UInt64 {
        func difference(_ value: UInt64) -> UInt64 {
            if value < expected { return expected - value }
            return value - expected > surplus ? value - expected - surplus : 0
        }
        let counted = (0..<count).reduce(0) { $0 + difference(counter($1)) }
        return (0..<lines).reduce(counted) { sum, index in
            sum + difference(unsafe line(index, counters: count).pointee.load(ordering: .acquiring))
        }
    }
}
