internal import CShm
internal import Glibc
internal import ShmHarness
internal import Synchronization

/// One worker's schedule in an open loop: acquisitions are due at times that do not depend on the duration of earlier
/// ones. A worker that is late begins the next one at once, and its response time counts from the due time. Measuring
/// from the begin instead would be coordinated omission (Gil Tene).
@safe struct Pacer {
    private let clock: TickClock
    private let arrivals: Arrivals
    private let phaseWord: UnsafeMutablePointer<Atomic<UInt32>>
    private let phase: UInt32
    private var random: UInt64
    /// When the next acquisition is due, in ticks.
    private var next: Double
    /// In bursts: the number of the next acquisition, counted over all workers and bursts since the clock's zero.
    private var turn: UInt64 = 0
    /// Acquisitions that have begun.
    private(set) var begun: UInt64 = 0

    init(_ plan: Plan, worker: Int, phase: Phase, phaseWord: UnsafeMutablePointer<Atomic<UInt32>>) {
        clock = plan.clock
        arrivals = plan.arrivals
        unsafe self.phaseWord = phaseWord
        self.phase = phase.rawValue
        random = Self.start(plan.arrivals.seed, worker: worker, phase: phase)
        let now = plan.clock.now()
        next = Double(now)
        if arrivals.spacing == .burst {
            // The bursts are at multiples of the gap between them, so that workers need no common start.
            let first = (UInt64(next / burstGap) &+ 1) &* burst
            let (ahead, mine) = (first % workers, UInt64(worker) % workers)
            turn = first &+ (mine &+ workers &- ahead) % workers
            next = due(turn)
            return
        }
        // An even schedule starts at a random point of its first gap; an exponential one is memoryless.
        next += arrivals.spacing == .uniform ? uniform() * arrivals.meanGapTicks : gap()
    }

    /// Waits until the next acquisition is due, and returns its due time in ticks; `nil` if the phase ends before.
    mutating func awaitNext() -> UInt64? {
        let due = UInt64(next)
        while true {
            if unsafe phaseWord.pointee.load(ordering: .relaxed) != phase { return nil }
            let now = clock.now()
            if now >= due { break }
            if arrivals.sharesCPUs { rest(clock.nanoseconds(due - now)) } else { shm_cpu_relax() }
        }
        advance()
        begun &+= 1
        return due
    }

    private var workers: UInt64 { UInt64(arrivals.workers) }
    private var burst: UInt64 { UInt64(arrivals.burst) }

    /// Ticks from one burst to the next.
    private var burstGap: Double {
        arrivals.meanGapTicks / Double(workers) * Double(burst)
    }

    /// When an acquisition of the bursts is due.
    private func due(_ turn: UInt64) -> Double { Double(turn / burst) * burstGap }

    private mutating func advance() {
        if arrivals.spacing == .burst {
            turn &+= workers
            next = due(turn)
        } else {
            next += gap()
        }
    }

    /// The number of acquisitions that were due by now, whether they have begun or not.
    var due: UInt64 {
        let late = Double(clock.now()) - next
        if arrivals.spacing == .burst {
            // All turns up to the last burst that is due, of which every so many are this worker's.
            let end = (UInt64((next + max(0, late)) / burstGap) &+ 1) &* burst
            return late < 0 || end <= turn ? begun : begun &+ (end &- turn &+ workers &- 1) / workers
        }
        return begun &+ (late > 0 ? 1 &+ UInt64(late / arrivals.meanGapTicks) : 0)
    }

    /// The age of the next acquisition in ticks; `nil` if it is not due yet. Counts it as abandoned.
    mutating func abandon() -> UInt64? {
        let now = clock.now()
        let due = UInt64(next)
        guard due < now else { return nil }
        advance()
        return now - due
    }

    /// Sleeps for at most 10 ms, so that the end of a phase is noticed. A sleep overruns by about 50 µs, which is then
    /// part of the response time; a worker with a CPU of its own spins instead.
    private func rest(_ nanoseconds: UInt64) {
        var pause = timespec()
        pause.tv_nsec = Int(min(nanoseconds, 10_000_000))
        unsafe nanosleep(&pause, nil)
    }

    private mutating func gap() -> Double {
        switch arrivals.spacing {
        case .poisson: -log(1 - uniform()) * arrivals.meanGapTicks
        case .uniform, .burst, .closed: arrivals.meanGapTicks
        }
    }

    /// A number from 0 to less than 1. SplitMix64: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number
    /// Generators*, OOPSLA 2014.
    private mutating func uniform() -> Double {
        random &+= 0x9e37_79b9_7f4a_7c15
        return Double(Self.mixed(random) >> 11) / 9_007_199_254_740_992
    }

    /// The seed of a worker's sequence. It is mixed: seeds that differ by a multiple of the generator's step would give
    /// all workers the same sequence, shifted.
    static func start(_ seed: UInt64, worker: Int, phase: Phase) -> UInt64 {
        mixed(seed ^ mixed(UInt64(worker) << 8 | UInt64(phase.rawValue)))
    }

    private static func mixed(_ state: UInt64) -> UInt64 {
        var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
