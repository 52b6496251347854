@_spi(Bench) internal import ShmCore
internal import Synchronization

/// The words of an arena whose workers take turns with those of another arena, on one test segment.
///
///     1664   the number of turns that the gate was opened for, and the window of the current one
///     1792   the number of the turn whose lock is made
///     1920   stage
///
/// All workers wait at the gate between two turns. The coordinator opens one side's gate; that side's first worker makes
/// the lock and the counters anew; the others wait for it, and all make their participants of the lock. They then meet at
/// the barrier and contend, as in a round: `gathering`, `warmup`, one window, `settle`. At its end they give up their
/// participants, and arrive at the gate. A side that waits at its gate does not touch the test segment.
extension Arena {
    private var gate: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word(at: 1664) }
    private var window: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word(at: 1668) }
    private var madeFor: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word(at: 1792) }

    private func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Which lock the workers use, and where it lies.
    public var stage: TurnStage {
        get { unsafe (base + 1920).load(as: TurnStage.self) }
        nonmutating set { unsafe (base + 1920).storeBytes(of: newValue, as: TurnStage.self) }
    }

    // MARK: Coordinator

    /// Opens the gate for one turn. All workers must have arrived there.
    ///
    /// - Parameter phase: the window of the turn: `throughput`, `latency` or `order`.
    package func openGate(to phase: Phase) {
        for timed in [Phase.latency, .order] { unsafe presence(timed).pointee.store(0, ordering: .relaxed) }
        unsafe window.pointee.store(phase.rawValue, ordering: .relaxed)
        unsafe phaseWord.pointee.store(Phase.gathering.rawValue, ordering: .relaxed)
        // Release: a worker that sees the gate open sees these words.
        unsafe gate.pointee.add(1, ordering: .releasing)
        unsafe Futex.wake(gate, count: .max)
    }

    /// Lets the workers at the gate, and those on their way to it, exit.
    package func endTurns() {
        enter(.stop)
        unsafe gate.pointee.add(1, ordering: .releasing)
        unsafe Futex.wake(gate, count: .max)
        unsafe Futex.wake(madeFor, count: .max)
    }

    // MARK: Workers

    /// Counts a worker's arrival at the gate, and waits there. Returns the number and the window of the next turn; `nil`
    /// if there is none.
    ///
    /// - Parameter turn: the number of the turn before; 0 at first.
    public func awaitTurn(after turn: UInt32) -> (number: UInt32, window: Phase)? {
        unsafe arrivals.pointee.add(1, ordering: .acquiringAndReleasing)
        unsafe Futex.wake(arrivals, count: 1)
        while true {
            let opened = unsafe gate.pointee.load(ordering: .acquiring)
            if phase == .stop { return nil }
            if opened != turn {
                return (opened, Phase(rawValue: unsafe window.pointee.load(ordering: .relaxed)) ?? .stop)
            }
            _ = unsafe Futex.wait(gate, while: opened, until: .after(.seconds(1)))
        }
    }

    /// Tells the other workers of the side that the lock of a turn is made.
    public func announceLock(of turn: UInt32) {
        unsafe madeFor.pointee.store(turn, ordering: .releasing)
        unsafe Futex.wake(madeFor, count: .max)
    }

    /// Waits until the lock of a turn is made; returns `false` if the block ends before.
    public func awaitLock(of turn: UInt32) -> Bool {
        while true {
            let made = unsafe madeFor.pointee.load(ordering: .acquiring)
            if made == turn { return true }
            if phase == .stop { return false }
            _ = unsafe Futex.wait(madeFor, while: made, until: .after(.seconds(1)))
        }
    }
}
