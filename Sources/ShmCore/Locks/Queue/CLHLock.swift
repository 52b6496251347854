public import Synchronization
public import SystemPackage

/// A queue lock in which each waiter polls its *predecessor's* node and takes that node over when it releases the lock.
///
/// Source: T. S. Craig, *Building FIFO and Priority-Queueing Spin Locks from Atomic Swap*, 1993; P. Magnusson, A. Landin
/// and E. Hagersten, *Queue Locks on Cache Coherent Multiprocessors*, IPPS 1994.
///
/// Memory ordering: the exchange of the tail publishes this node (release) and obtains the predecessor's (acquire). A
/// release of the lock is a release store to the node, which pairs with the successor's acquire load. Owner death: all
/// others wait for ever. They do so as well behind a *waiter* that died.
///
/// The tail has the node's number in its low half, and in its high half how often that node was enqueued. So a
/// `tryLock()` that found the last node released cannot confuse it with the same node after another enqueue.
@_spi(Bench) @safe public struct CLHLock: LockPrimitive, ~Copyable {
    //     0    tail
    //     128  table of participants
    //     …    nodes, 128 bytes each, one more than participants: taken (32 bits), times enqueued (32 bits), and, for the
    //          participant with the node's number: the number of the node that it uses, plus one (32 bits); 0 if it
    //          never took over another
    // All zeroes: node 0 is the tail, and it is released.
    @usableFromInline let tail: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let nodes: UnsafeMutableRawPointer
    @usableFromInline let participants: UInt32
    @usableFromInline let owned: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let pair: UnsafeMutablePointer<NodePair>
    private let number: ParticipantNumber

    /// Process-private state: the number of the participant's node, and the number of its predecessor's node.
    @usableFromInline struct NodePair {
        @usableFromInline var mine: UInt32
        @usableFromInline var before: UInt32 = 0
    }

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "clh", family: .queue, waiting: .spins, fairness: .fifo, ownerDeath: .hangs, nodesPerParticipant: 1,
            pollsUntilDeadline: true, onePIDNamespace: true, survivesWaiterDeath: false,
            summary: "queue lock of Craig, Landin and Hagersten")
    }

    /// The tail, the table of participants and the nodes.
    public static func bytesNeeded(participants: Int) -> Int {
        lineStride + ParticipantNumber.bytesNeeded(participants: participants) + (participants + 1) * lineStride
    }

    /// Claims a number and its node. Throws `ENOSPC` if there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let table = unsafe binding.area + lineStride
        let word = unsafe binding.area.longWord(at: 0)
        let base = unsafe table + ParticipantNumber.bytesNeeded(participants: binding.participants)
        let limit = UInt32(binding.participants)
        unsafe tail = word
        unsafe nodes = base
        participants = limit
        number = try unsafe ParticipantNumber(in: table, participants: binding.participants) {
            let last = UInt32(truncatingIfNeeded: unsafe word.pointee.load(ordering: .acquiring))
            guard last <= limit else { return false }
            return unsafe base.word(at: Int(last) * lineStride).pointee.load(ordering: .acquiring) == 0
        }
        unsafe owned = base.word(at: number.value * lineStride + 8)
        let stored = unsafe owned.pointee.load(ordering: .relaxed)
        unsafe pair = .allocate(capacity: 1)
        unsafe pair.initialize(to: NodePair(mine: stored == 0 ? UInt32(number.value) + 1 : min(stored - 1, limit)))
    }

    deinit { unsafe pair.deallocate() }

    /// One exchange and one load when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let (me, tag) = prepare()
        let last = unsafe tail.pointee.exchange(tag | UInt64(me), ordering: .acquiringAndReleasing)
        return wait(for: UInt32(truncatingIfNeeded: last))
    }

    /// One load, and one compare-exchange when free.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let last = unsafe tail.pointee.load(ordering: .acquiring)
        let before = UInt32(truncatingIfNeeded: last)
        guard before <= participants else { return .failed(.invalidArgument) }
        guard unsafe taken(before).pointee.load(ordering: .acquiring) == 0 else { return .busy }
        let (me, tag) = prepare()
        let entered = unsafe tail.pointee.compareExchange(
            expected: last, desired: tag | UInt64(me), successOrdering: .acquiringAndReleasing,
            failureOrdering: .relaxed)
        guard entered.exchanged else { return .busy }
        unsafe pair.pointee.before = before
        return .acquired
    }

    /// Polls with ``tryLock()``, because a node cannot leave the queue.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// Two stores: the first records the node that this participant takes over, for the next owner of its number; the
    /// second releases the old node.
    @inlinable
    public borrowing func unlock() {
        let mine = unsafe pair.pointee.mine
        unsafe pair.pointee.mine = pair.pointee.before
        unsafe owned.pointee.store(pair.pointee.before &+ 1, ordering: .relaxed)
        unsafe taken(mine).pointee.store(0, ordering: .releasing)
    }

    /// Marks the participant's node as taken; returns its number, and its tag in the high half.
    @inlinable @inline(__always)
    borrowing func prepare() -> (node: UInt32, tag: UInt64) {
        let mine = unsafe pair.pointee.mine
        let times = unsafe taken(mine) + 1
        let next = unsafe times.pointee.load(ordering: .relaxed) &+ 1
        unsafe times.pointee.store(next, ordering: .relaxed)
        unsafe taken(mine).pointee.store(1, ordering: .relaxed)
        return (mine, UInt64(next) << 32)
    }

    @inlinable @inline(__always)
    borrowing func taken(_ node: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (nodes + Int(node) * 128).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    @inlinable @inline(__always)
    borrowing func wait(for before: UInt32) -> LockOutcome {
        guard before <= participants else { return .failed(.invalidArgument) }
        let word = unsafe taken(before)
        while unsafe word.pointee.load(ordering: .acquiring) != 0 { Spinning.rest(after: 0) }
        unsafe pair.pointee.before = before
        return .acquired
    }
}

extension LockKind {
    /// The queue lock of Craig, Landin and Hagersten.
    public static let clh = LockKind(CLHLock.self)
}
