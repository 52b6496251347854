internal import CShm
public import Synchronization

/// A sequence lock. Readers write nothing: they read a counter, the data, and the counter again, and repeat if it has
/// changed. Writers exclude each other with the same counter, which is odd while a writer is inside.
///
/// For data that a reader can load atomically while it is being written, and validate afterwards. Writers barge and
/// spin, with yields. A reader waits for a writer inside, and for ever under constant writing.
///
/// Source: C. Lameter, *Effective Synchronization on Linux/NUMA Systems*, 2005; H.-J. Boehm, *Can Seqlocks Get Along with
/// Programming Language Memory Models?*, MSPC 2012, whose fences these are.
///
/// Memory ordering: a writer's entry is an acquire, followed by a release fence, so that the odd counter is visible
/// before its first write. Its exit is a release. A reader's first load of the counter is an acquire; an acquire fence
/// precedes its second. Owner death: a dead writer blocks writers and readers for ever. A dead reader has no effect.
@_spi(Bench) @safe public struct SeqLock: LockPrimitive, ~Copyable {
    @usableFromInline let counter: UnsafeMutablePointer<Atomic<UInt64>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "seqlock", family: .spin, waiting: .yields, ownerDeath: .hangs, sharesReaders: true,
            summary: "sequence lock: readers write nothing and may repeat")
    }

    /// One 64-bit word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt64>.size }

    /// Binds to the counter at the area's start.
    public init(_ binding: borrowing LockBinding) { unsafe counter = binding.area.longWord(at: 0) }

    /// One compare-exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        var iterations: UInt32 = 0
        while true {
            let outcome = tryLock()
            if case .acquired = outcome { return outcome }
            Yielding.rest(after: iterations)
            iterations &+= 1
        }
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let seen = unsafe counter.pointee.load(ordering: .relaxed)
        guard seen % 2 == 0,
            unsafe counter.pointee.compareExchange(
                expected: seen, desired: seen &+ 1, successOrdering: .acquiring, failureOrdering: .relaxed
            ).exchanged
        else { return .busy }
        atomicMemoryFence(ordering: .releasing)
        return .acquired
    }

    /// Polls with ``tryLock()`` and reads the clock at intervals.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Yielding.self) }

    /// One store.
    @inlinable
    public borrowing func unlock() {
        unsafe counter.pointee.store(counter.pointee.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }

    /// Reads the counter once no writer is inside.
    @inlinable
    public borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome {
        var iterations: UInt32 = 0
        while true {
            begun = unsafe counter.pointee.load(ordering: .acquiring)
            if begun % 2 == 0 { return .acquired }
            Yielding.rest(after: iterations)
            iterations &+= 1
        }
    }

    /// Returns whether no writer has been inside since ``beginRead(_:)``.
    @inlinable
    public borrowing func endRead(_ begun: UInt64) -> Bool {
        atomicMemoryFence(ordering: .acquiring)
        return unsafe counter.pointee.load(ordering: .relaxed) == begun
    }
}

extension LockKind {
    /// A sequence lock.
    public static let seqlock = LockKind(SeqLock.self)
}
