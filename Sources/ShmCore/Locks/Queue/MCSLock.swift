public import Synchronization
public import SystemPackage

/// A queue lock in which each waiter polls its own node.
///
/// There is one node per participant in shared memory; nodes refer to each other by number. It is first come, first
/// served, so with more workers than CPUs its throughput collapses (that of ``MCSParkLock`` does not).
///
/// Source: J. M. Mellor-Crummey and M. L. Scott, *Algorithms for Scalable Synchronization on Shared-Memory
/// Multiprocessors*, ACM TOCS 9(1), 1991, algorithm 5.
///
/// Memory ordering: the exchange of the tail is an acquire in case the queue is empty, and a release of the node that
/// it publishes. A hand-over is a release store to the successor's node, which pairs with its acquire load. Leaving an
/// empty queue is a release. Owner death: all others wait for ever. They do so as well behind a *waiter* that died.
@_spi(Bench) @safe public struct MCSLock: LockPrimitive, ~Copyable {
    @usableFromInline let queue: MCSQueue

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "mcs", family: .queue, waiting: .spins, fairness: .fifo, ownerDeath: .hangs,
            nodesPerParticipant: 1, pollsUntilDeadline: true, onePIDNamespace: true, survivesWaiterDeath: false,
            summary: "queue lock of Mellor-Crummey and Scott")
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
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// One compare-exchange if there is no waiter, otherwise one store.
    @inlinable
    public borrowing func unlock() {
        if let successor = unsafe queue.leave() { unsafe successor.pointee.store(1, ordering: .releasing) }
    }

    @inlinable @inline(never)
    borrowing func lockContended(behind before: UInt32) -> LockOutcome {
        guard queue.link(behind: before) else { return .failed(.invalidArgument) }
        while unsafe queue.granted.pointee.load(ordering: .acquiring) == 0 { Spinning.rest(after: 0) }
        return .acquired
    }
}

extension LockKind {
    /// The queue lock of Mellor-Crummey and Scott.
    public static let mcs = LockKind(MCSLock.self)
}
