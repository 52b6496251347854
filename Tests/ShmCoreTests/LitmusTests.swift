import CBench
import CLitmus
import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Store buffering between two processes on two CPUs of this machine: which orders of memory accesses occur, and which of
    /// them a memory barrier of the slow side, `membarrier(2)`, excludes. Each exclusion has a control that must show the
    /// outcome.
    @Suite(.enabled(if: Litmus.cpus != nil, "needs two CPUs")) struct LitmusTests {
        let scratch = Scratch()

        @Test(arguments: Litmus.Pair.allCases)
        func `without a barrier both sides may miss the other's store`(pair: Litmus.Pair) throws {
            let seen = try Litmus(scratch).run(pair, .noFence, .control)
            if seen.found == 0 {
                Issue.record("not seen in \(seen.rounds) rounds: the other litmus tests prove nothing on this machine")
            }
        }

        /// The count is shown only: a full fence empties the store buffer of its own CPU, not that of the fast side.
        @Test func `a full fence of the slow side does not order the fast side`() throws {
            let seen = try Litmus(scratch).run(.plain, .fullFence, .exclusion)
            print("a full fence of the slow side alone: \(seen.found) outcomes in \(seen.rounds) rounds")
            #expect(seen.rounds > 0)
        }

        @Test(Litmus.offersMembarrier, arguments: Litmus.Pair.allCases)
        func `with a barrier of the slow side, one side sees the other's store`(pair: Litmus.Pair) throws {
            let litmus = try Litmus(scratch)
            try litmus.fast.expectOK("register-membarrier")
            let seen = try litmus.run(pair, .membarrier, .exclusion)
            #expect(seen.found == 0, "\(seen.found) of \(seen.rounds) rounds")
            #expect(seen.rounds >= 100, "too few rounds to prove anything")
        }

        @Test(Litmus.offersMembarrier) func `a barrier does not reach a process that has not registered`() throws {
            expectSeen(try Litmus(scratch).run(.quietUnlock, .membarrier, .control))
        }

        /// The child inherits the registration. ``Membarrier`` registers it again nevertheless, because the manual page
        /// does not promise that.
        @Test(Litmus.offersMembarrier) func `a barrier reaches the child of a registered process`() throws {
            let litmus = try Litmus(scratch)
            try litmus.fast.expectOK("register-membarrier")
            let seen = try litmus.run(.quietUnlock, .membarrier, .exclusion, fastSide: "in-child")
            #expect(seen.found == 0, "\(seen.found) of \(seen.rounds) rounds")
            #expect(seen.rounds >= 100, "too few rounds to prove anything")
        }

        @Test(Litmus.offersMembarrier) func `an executed program must register again`() throws {
            let litmus = try Litmus(scratch)
            try litmus.fast.expectOK("register-membarrier")
            try litmus.fast.expectOK("exec")
            expectSeen(try litmus.run(.quietUnlock, .membarrier, .control))
        }

        /// The system call takes longer than the store buffers of some CPUs hold a store back. The outcome cannot be seen
        /// there.
        private func expectSeen(_ seen: Litmus.Outcome) {
            if seen.found == 0 {
                Issue.record("not seen in \(seen.rounds) rounds: this proves nothing here", severity: .warning)
            }
        }

        @Test(arguments: [EPERM, ENOSYS])
        func `a filter that refuses membarrier is named as the obstacle`(errno: CInt) throws {
            let confined = try scratch.probe(scratch.key())
            try confined.expectOK("refuse-membarrier \(errno)")
            let answer = try confined.ask("membarrier-obstacle")
            #expect(answer.hasPrefix("ok \(errno) membarrier(2) is "), "\(answer)")
            #expect(answer.contains("seccomp"), "\(answer)")
        }

        @Test(Litmus.offersMembarrier) func `a process that may use membarrier has no obstacle`() throws {
            #expect(Membarrier.obstacle == nil)
            try Membarrier.register()
            try Membarrier.barrier()
            let parent = try scratch.probe(scratch.key())
            #expect(try parent.ask("membarrier-obstacle") == "ok none")
            #expect(try parent.ask("in-child membarrier-obstacle") == "ok ok none / 0")
        }
    }
}

/// Two processes that run the sides of a litmus test in one segment.
struct Litmus {
    enum Pair: CaseIterable {
        case plain, quietUnlock, biasedLock

        var code: Int {
            switch self {
            case .plain: Int(LITMUS_PLAIN)
            case .quietUnlock: Int(LITMUS_QUIET_UNLOCK)
            case .biasedLock: Int(LITMUS_BIASED_LOCK)
            }
        }
    }

    enum Fence {
        case noFence, fullFence, membarrier

        var code: Int {
            switch self {
            case .noFence: Int(LITMUS_NO_FENCE)
            case .fullFence: Int(LITMUS_FULL_FENCE)
            case .membarrier: Int(LITMUS_MEMBARRIER)
            }
        }
    }

    /// When a run ends. Rounds in which a barrier interrupts another CPU take tens of microseconds.
    enum Extent {
        /// Ends once the outcome was seen.
        case control
        /// A number of rounds in which the outcome must not occur.
        case exclusion

        /// Rounds, milliseconds, outcomes.
        var words: String {
            switch self {
            case .control: "400000 4000 5"
            case .exclusion: "20000 2000 20000"
            }
        }
    }

    struct Outcome {
        let rounds: Int
        /// The number of rounds in which neither side saw the other's store.
        let found: Int
    }

    let fast: Probe
    let slow: Probe

    init(_ scratch: Scratch) throws {
        let shared = try scratch.segment(size: Int(LITMUS_SIZE) + 128, lock: .flock)
        (fast, slow) = (try scratch.probe(shared), try scratch.probe(shared))
    }

    /// Two CPUs on which this process may run, as far apart as possible.
    static let cpus: (CInt, CInt)? = {
        let usable = (0..<CInt(1024)).filter { bench_may_run_on($0) }
        guard let first = usable.first, let last = usable.last, first != last else { return nil }
        return (first, last)
    }()

    static let offersMembarrier = ConditionTrait.enabled(
        if: Membarrier.obstacle == nil, "needs membarrier(2) with MEMBARRIER_CMD_GLOBAL_EXPEDITED")

    /// - Parameter prefix: how the fast side runs its command.
    func run(_ pair: Pair, _ fence: Fence, _ extent: Extent, fastSide prefix: String = "") throws -> Outcome {
        let cpus = try #require(Self.cpus)
        if fence == .membarrier { try slow.expectOK("register-membarrier") }
        fast.send("\(prefix) litmus \(cpus.0) \(LITMUS_FAST) \(pair.code) \(fence.code) \(extent.words)")
        let answer = try slow.ask("litmus \(cpus.1) \(LITMUS_SLOW) \(pair.code) \(fence.code) \(extent.words)")
        let numbers = answer.split(separator: " ").compactMap { Int($0) }
        try #require(answer.hasPrefix("ok ") && numbers.count == 2, "\(answer)")
        let other = try fast.answer(to: "litmus")
        try #require(other.hasPrefix("ok ") && !other.contains("error"), "\(other)")
        return Outcome(rounds: numbers[0], found: numbers[1])
    }
}

extension Probe {
    fileprivate func expectOK(_ command: String) throws { try #require(try ask(command) == "ok", "\(command)") }
}
