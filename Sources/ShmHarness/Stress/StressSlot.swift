public import Synchronization

/// What one worker of a stress test tells the coordinator and its successors. It outlives the worker: the next process
/// in its place goes on with the same counts.
public struct StressSlot: ~Copyable {
    /// Where a worker is.
    public enum State: UInt32, Sendable {
        /// Not started, or not come to its first statement.
        case absent = 0
        /// Between two acquisitions.
        case outside = 1
        /// In its call of lock.
        case waiting = 2
        /// In its critical section.
        case inside = 3
        /// In its critical section, where it stays until it is released.
        case holding = 4
        /// Left in order.
        case done = 5
        /// Gave up: the lock failed; ``errorNumber`` says why.
        case failed = 6
        /// Rests until the coordinator lets it go on.
        case resting = 7
    }

    /// What a worker may be asked for beside.
    public enum Request: UInt32, Sendable {
        case none = 0
        /// Fork inside the critical section; the child executes another program.
        case forkAndExec = 1
        /// Use up all descriptors, and go on with the lock for a while.
        case exhaustDescriptors = 2
        /// Leave in order.
        case leave = 3
        /// While all rest: lock, section and unlock once.
        case pass = 4
        /// The same, with a distant deadline.
        case passWithDeadline = 5
        /// The same, with the deadline ``StressArena/handOff``, give or take a few µs.
        case passUntilHandOff = 6
        /// Three times in a row, without a rest.
        case passThrice = 7
        /// Take part as often as ``StressSlot/wanted`` says beside; the answer is the errno of one that was refused.
        case gather = 8
        /// Lock once by each of these participants.
        case passByEach = 9
        /// Lock by these participants for a while, from the last one on.
        case contendByEach = 10
        /// Take part once more.
        case oneMore = 11
        /// Let all of them go.
        case disperse = 12
        /// Take part, lock and let go, as often as ``StressSlot/wanted`` says; counts the descriptors that stay.
        case comeAndGo = 13
    }

    /// ``State``.
    public let state = Atomic<UInt32>(0)
    /// The errno of a lock that failed.
    public let errorNumber = Atomic<Int32>(0)
    /// How many processes have had this place, the present one included. Written by the coordinator.
    public let incarnation = Atomic<UInt32>(0)
    /// The last incarnation whose kill has been announced. Written before the signal is sent.
    public let killedIncarnation = Atomic<UInt32>(0)
    /// Sections that have begun to change the data; under the lock.
    public let begun = Atomic<UInt64>(0)
    /// Those that have changed all: what each counter must hold in sum; under the lock.
    public let finished = Atomic<UInt64>(0)
    /// When it called lock, ns.
    public let waitingSince = Atomic<UInt64>(0)
    /// Sections in which a live owner was met inside, or related words did not agree.
    public let overlaps = Atomic<UInt64>(0)
    /// Updates of live workers that were found missing when a dead one's were repaired.
    public let lostUpdates = Atomic<UInt64>(0)
    /// Half-written updates of dead owners that it has repaired.
    public let repaired = Atomic<UInt64>(0)
    /// Acquisitions to which the lock reported the previous owner's death.
    public let reportedDeaths = Atomic<UInt64>(0)
    /// Acquisitions after an owner that died inside to which the lock did not report it.
    public let unreportedDeaths = Atomic<UInt64>(0)
    /// ``Request``, written by the coordinator; the worker sets it back when it is done.
    public let request = Atomic<UInt32>(0)
    /// What became of the last request: 0, or an errno.
    public let answer = Atomic<Int32>(0)
    /// The process.
    public let process = Atomic<Int32>(0)
    /// How many participants a request is about.
    public let wanted = Atomic<UInt32>(0)
    /// How many participants it has beside its own.
    public let gathered = Atomic<UInt32>(0)
    /// Descriptors that stayed open when the participants that had come were gone.
    public let descriptorsLeft = Atomic<Int32>(0)
    /// Calls of lock that came back.
    public let locks = Atomic<UInt64>(0)
    /// Calls of tryLock that did.
    public let tries = Atomic<UInt64>(0)
    /// Calls of lock(until:) that did.
    public let timedWaits = Atomic<UInt64>(0)
    /// Read-only sections that have ended.
    public let reads = Atomic<UInt64>(0)
    /// Tries that met a taken lock.
    public let refusals = Atomic<UInt64>(0)
    /// Timed waits that gave up.
    public let expiries = Atomic<UInt64>(0)
    /// Timed waits that gave up before their deadline.
    public let early = Atomic<UInt64>(0)
    /// Timed waits that came back long after it, several in a row and while a plain sleep did not.
    public let late = Atomic<UInt64>(0)
    /// The same of tries, which are to come back at once.
    public let slowTries = Atomic<UInt64>(0)
    /// By how much the worst of these was early or late, ns.
    public let worst = Atomic<UInt64>(0)
    /// Read-only sections that saw a writer's half-written data.
    public let tornReads = Atomic<UInt64>(0)
}
