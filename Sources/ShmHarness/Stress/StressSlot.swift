public import Synchronization

/// What one worker of a stress test reports to the coordinator and to its successors. It outlives the worker: the
/// process that replaces it continues the counts.
public struct StressSlot: ~Copyable {
    /// The states of a worker.
    public enum State: UInt32, Sendable {
        /// Not started, or not at its first statement yet.
        case absent = 0
        /// Between two acquisitions.
        case outside = 1
        /// Inside its call of `lock`.
        case waiting = 2
        /// In its critical section.
        case inside = 3
        /// In its critical section, where it stays until released.
        case holding = 4
        /// Exited normally.
        case done = 5
        /// Failed: the lock returned an error, which is ``errorNumber``.
        case failed = 6
        /// Rests until the coordinator ends the pause.
        case resting = 7
    }

    /// What the coordinator may request of a worker beyond contending.
    public enum Request: UInt32, Sendable {
        case none = 0
        /// Fork inside the critical section; the child executes another program.
        case forkAndExec = 1
        /// Use up all descriptors, and keep using the lock for a while.
        case exhaustDescriptors = 2
        /// Exit normally.
        case leave = 3
        /// While all rest: lock, critical section and unlock, once.
        case pass = 4
        /// The same, with a distant deadline.
        case passWithDeadline = 5
        /// The same, with the deadline ``StressArena/handOff`` plus or minus a few µs.
        case passUntilHandOff = 6
        /// The same three times in a row, without a rest.
        case passThrice = 7
        /// Bind ``StressSlot/wanted`` more participants to the lock; the answer is the errno of one that was refused.
        case gather = 8
        /// Lock once through each of these participants.
        case passByEach = 9
        /// Contend through these participants for a while, starting with the last.
        case contendByEach = 10
        /// Bind one more participant.
        case oneMore = 11
        /// Unbind all of them.
        case disperse = 12
        /// Bind a participant, lock, unlock and unbind it, ``StressSlot/wanted`` times; count the descriptors that stay
        /// open.
        case comeAndGo = 13
    }

    /// ``State``.
    public let state = Atomic<UInt32>(0)
    /// The errno of the failed lock.
    public let errorNumber = Atomic<Int32>(0)
    /// The number of processes that have had this slot, the current one included. The coordinator writes it.
    public let incarnation = Atomic<UInt32>(0)
    /// The last incarnation whose kill has been announced. Written before the signal is sent.
    public let killedIncarnation = Atomic<UInt32>(0)
    /// Sections that have begun to change the data. Written under the lock.
    public let begun = Atomic<UInt64>(0)
    /// Sections that have changed all data: their sum is the expected value of each counter. Written under the lock.
    public let finished = Atomic<UInt64>(0)
    /// When it called `lock`, in ns.
    public let waitingSince = Atomic<UInt64>(0)
    /// Sections in which the worker met a live owner, or found related words that do not agree.
    public let overlaps = Atomic<UInt64>(0)
    /// Updates of live workers that were missing when a dead owner's update was repaired.
    public let lostUpdates = Atomic<UInt64>(0)
    /// Half-written updates of dead owners that it has repaired.
    public let repaired = Atomic<UInt64>(0)
    /// Acquisitions to which the lock reported the previous owner's death.
    public let reportedDeaths = Atomic<UInt64>(0)
    /// Acquisitions after an owner that died inside to which the lock did not report it.
    public let unreportedDeaths = Atomic<UInt64>(0)
    /// ``Request``. The coordinator writes it; the worker resets it when done.
    public let request = Atomic<UInt32>(0)
    /// The result of the last request: 0, or an errno.
    public let answer = Atomic<Int32>(0)
    /// The process id.
    public let process = Atomic<Int32>(0)
    /// The number of participants of a request.
    public let wanted = Atomic<UInt32>(0)
    /// The number of participants that it has beside its own.
    public let gathered = Atomic<UInt32>(0)
    /// Descriptors that were still open after the participants were unbound.
    public let descriptorsLeft = Atomic<Int32>(0)
    /// Calls of `lock` that returned.
    public let locks = Atomic<UInt64>(0)
    /// Calls of `tryLock` that returned.
    public let tries = Atomic<UInt64>(0)
    /// Calls of `lock(until:)` that returned.
    public let timedWaits = Atomic<UInt64>(0)
    /// Completed read-only sections.
    public let reads = Atomic<UInt64>(0)
    /// Tries that found the lock taken.
    public let refusals = Atomic<UInt64>(0)
    /// Timed waits that timed out.
    public let expiries = Atomic<UInt64>(0)
    /// Timed waits that timed out before their deadline.
    public let early = Atomic<UInt64>(0)
    /// Timed waits that returned long after their deadline, several in a row and while a plain sleep was punctual.
    public let late = Atomic<UInt64>(0)
    /// Tries that took as long; a try is to return at once.
    public let slowTries = Atomic<UInt64>(0)
    /// The largest of these deviations, in ns.
    public let worst = Atomic<UInt64>(0)
    /// Read-only sections that saw a writer's half-written data.
    public let tornReads = Atomic<UInt64>(0)
}
