internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// Orders for survivors, and their completion.
extension CrashScene {
    /// Gives an order. The survivor carries it out after the one before; a survivor that holds the lock releases it
    /// first.
    func order(_ kind: CrashOrder.Kind, _ survivor: Int) {
        let word = unsafe arena.orderWord(survivor)
        let next = CrashOrder(word: unsafe word.pointee.load(ordering: .relaxed)).next(kind)
        unsafe word.pointee.store(next.word, ordering: .releasing)
        unsafe Futex.wake(word, count: 1)
    }

    /// Whether a survivor has carried out its last order.
    func hasFinished(_ survivor: Int) -> Bool {
        let ordered = unsafe arena.orderWord(survivor).pointee.load(ordering: .relaxed)
        return unsafe arena.finishedWord(survivor).pointee.load(ordering: .acquiring) == ordered
    }

    /// Waits until all survivors have carried out their orders. Returns the first that exceeds the patience; `nil` if
    /// all are done, or the lock failed.
    func awaitFinished(_ patience: CrashPatience) throws(RoundFailure) -> Int? {
        try awaitFinished(Array(0..<survivors), patience)
    }

    /// As ``awaitFinished(_:)``, for some of them.
    func awaitFinished(_ some: [Int], _ patience: CrashPatience) throws(RoundFailure) -> Int? {
        let limits = patience.begin()
        for survivor in some {
            let isDone = try awaitSurvivor(survivor, limits, rest: { awaitStep(survivor) }) {
                hasFinished(survivor) || hasFailed(survivor)
            }
            if !isDone { return survivor }
        }
        return nil
    }

    /// Sleeps until a survivor has carried out an order; at most 5 ms.
    private func awaitStep(_ survivor: Int) {
        let word = unsafe arena.finishedWord(survivor)
        let finished = unsafe word.pointee.load(ordering: .acquiring)
        if hasFinished(survivor) { return }
        _ = unsafe Futex.wait(word, while: finished, until: .after(.milliseconds(5)))
    }

    /// Waits until a survivor holds the lock; `false` if it exceeds the patience, or its lock failed.
    func awaitHolding(_ survivor: Int, _ patience: CrashPatience) throws(RoundFailure) -> Bool {
        let holdsOrFailed = try awaitSurvivor(survivor, patience.begin(), rest: { usleep(10) }) {
            state(survivor) == .holding || hasFailed(survivor)
        }
        return holdsOrFailed && state(survivor) == .holding
    }

    /// Waits until a survivor meets a condition; `false` if it exceeds the patience, or was aborted. Throws if it has
    /// ended otherwise.
    private func awaitSurvivor(
        _ survivor: Int, _ limits: (any: Patience, asleep: Patience), rest: () -> Void, until isThere: () -> Bool
    ) throws(RoundFailure) -> Bool {
        try limits.any.wait(
            unless: { () throws(RoundFailure) in
                if limits.asleep.hasPassed && isAsleep(survivor) || isAborted(survivor) { return true }
                try check(survivor)
                return false
            }, rest: rest, until: isThere)
    }

    /// Waits until a survivor holds the lock, or sleeps waiting for it. Returns whether it holds the lock.
    func awaitHoldingOrAsleep(_ survivor: Int) throws(RoundFailure) -> Bool {
        _ = try beginning.wait(rest: { usleep(10) }) {
            state(survivor) == .holding || isAsleep(survivor) || hasFailed(survivor)
        }
        return state(survivor) == .holding
    }

    /// Waits until all survivors are done, or sleep waiting for the lock.
    func awaitAsleep(but holder: Int? = nil) throws(RoundFailure) {
        let beginning = beginning
        for survivor in 0..<survivors where survivor != holder {
            _ = try beginning.wait(rest: { usleep(10) }) {
                hasFinished(survivor) || hasFailed(survivor) || isAsleep(survivor)
            }
        }
    }

    /// Time for survivors to reach the lock where they spin, or the machine is slow. It determines only how well the
    /// trial exercises the lock, not its verdict.
    private var beginning: Patience { .after(spins ? .milliseconds(1) : .milliseconds(200)) }
}
