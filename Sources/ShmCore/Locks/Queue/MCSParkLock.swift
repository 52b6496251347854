internal import CShm
public import Synchronization
public import SystemPackage

/// ``MCSLock`` with waiters that spin for about 10 µs and then sleep: first come, first served, without the collapse
/// under oversubscription. With more workers than CPUs most hand-overs cost a system call and a wake-up.
///
/// Source: the queue as in ``MCSLock``; spinning before sleeping after A. R. Karlin, K. Li, M. S. Manasse and S.
/// Owicki, *Empirical Studies of Competitive Spinning for a Shared-Memory Multiprocessor*, SOSP 1991.
///
/// Memory ordering: as ``MCSLock``. A waiter marks its node as sleeping by a compare-exchange, and the kernel compares
/// the word once more. The hand-over is an exchange, so it either finds the mark or makes the sleep return. Owner
/// death: as ``MCSLock``.
@_spi(Bench) @safe public struct MCSParkLock: LockPrimitive, ~Copyable {
    /// The values of a node's word.
    private static var waits: UInt32 { 0 }
    @usableFromInline static var granted: UInt32 { 1 }
    @usableFromInline static var sleeps: UInt32 { 2 }
    private static var spinIterations: Int { 250 }

    @usableFromInline let queue: MCSQueue

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "mcs-park", family: .queue, waiting: .parks, fairness: .fifo, ownerDeath: .hangs,
            nodesPerParticipant: 1, pollsUntilDeadline: true, onePIDNamespace: true, survivesWaiterDeath: false,
            summary: "MCS queue whose waiters spin briefly, then sleep")
    }

    /// The tail, the table of participants and the nodes.
    public static func bytesNeeded(participants: Int) -> Int {
        ParticipantSlots.bytesNeeded(participants: participants)
    }

    /// Claims a node. Throws `ENOSPC` if there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) { queue = try MCSQueue(binding) }

    /// One exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let before = queue.enter()
        return before == 0 ? .acquired : lockContended(behind: before)
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome { queue.enterIfEmpty() ? .acquired : .busy }

    /// Polls with ``tryLock()``, because a node cannot leave the queue.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgainSleeping(until: deadline) }

    /// One compare-exchange if there is no waiter; otherwise one exchange, and a wake-up if the successor sleeps.
    @inlinable
    public borrowing func unlock() {
        guard let successor = unsafe queue.leave() else { return }
        if unsafe successor.pointee.exchange(Self.granted, ordering: .releasing) == Self.sleeps {
            unsafe Futex.wake(successor, count: 1)
        }
    }

    @usableFromInline @inline(never)
    borrowing func lockContended(behind before: UInt32) -> LockOutcome {
        guard queue.link(behind: before) else { return .failed(.invalidArgument) }
        let word = unsafe queue.granted
        for _ in 0..<Self.spinIterations {
            if unsafe word.pointee.load(ordering: .acquiring) == Self.granted { return .acquired }
            shm_cpu_relax()
        }
        _ = unsafe word.pointee.compareExchange(expected: Self.waits, desired: Self.sleeps, ordering: .relaxed)
        while unsafe word.pointee.load(ordering: .acquiring) != Self.granted {
            _ = unsafe Futex.wait(word, while: Self.sleeps, until: nil)
        }
        return .acquired
    }
}

extension LockKind {
    /// A queue lock whose waiters sleep.
    public static let mcsPark = LockKind(MCSParkLock.self)
}
