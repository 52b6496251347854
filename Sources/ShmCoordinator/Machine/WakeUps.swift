internal import CBench
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// The time from the call that wakes a thread, which sleeps in `futex(2)`, until that thread runs: half of the time of a
/// question and its answer between two threads, so that no clock is read on two CPUs.
enum WakeUps {
    /// The number of questions, and the fewest that make a figure.
    private static let (most, fewest) = (100, 20)

    /// The first quartile, in ns, measured in at most 50 ms: most disturbances lengthen a wake-up, and a few samples are
    /// shorter because a CPU was not yet idle. `nil` if too few were measured.
    static func nanoseconds(from asking: Int, to replying: Int) -> Double? {
        let isOne = asking == replying
        let times = ThreadPair.samples(on: (asking, replying), within: 50_000_000) { pair in
            // On one CPU, a thread that preempted its waker would keep it from going to sleep.
            if isOne { _ = bench_never_preempt() }
            return ask(pair)
        } reply: { pair in
            if isOne { _ = bench_never_preempt() }
            reply(pair)
        }
        return times.count < fewest ? nil : times.sorted()[times.count / 4]
    }

    /// The last bit of an answer says whether the answer before it found no sleeper.
    private static func ask(_ pair: ThreadPair) -> [Double] {
        let (question, answer) = unsafe (pair.question, pair.answer)
        var (times, last, turn): ([Double], Double?, UInt32) = ([], nil, 0)
        while times.count < most, !pair.isLate {
            let start = Clock.now()
            turn += 2
            unsafe question.pointee.store(turn, ordering: .releasing)
            let hasWoken = unsafe Futex.wake(question, count: 1) == 1
            var found = unsafe answer.pointee.load(ordering: .acquiring)
            while found & ~1 != turn {
                if pair.isLate { return times }
                _ = unsafe Futex.wait(answer, while: found, until: pair.deadline)
                found = unsafe answer.pointee.load(ordering: .acquiring)
            }
            let time = Double(Clock.now() - start) / 2
            // It is a wake-up only if both have slept.
            if let last, found & 1 == 0 { times.append(last) }
            last = hasWoken ? time : nil
        }
        return times
    }

    private static func reply(_ pair: ThreadPair) {
        let (question, answer) = unsafe (pair.question, pair.answer)
        var (turn, missed): (UInt32, UInt32) = (0, 0)
        while true {
            turn += 2
            var found = unsafe question.pointee.load(ordering: .acquiring)
            while found != turn {
                if pair.isLate { return }
                _ = unsafe Futex.wait(question, while: found, until: pair.deadline)
                found = unsafe question.pointee.load(ordering: .acquiring)
            }
            unsafe answer.pointee.store(turn | missed, ordering: .releasing)
            missed = unsafe Futex.wake(answer, count: 1) == 1 ? 0 : 1
        }
    }
}
