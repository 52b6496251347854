internal import Glibc
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// Detects pauses of this process, with a thread that reads the clocks fifty times a second.
///
/// Time limits that decide about a lock count only time in which this process ran (``Patience``); ``pauses(since:)``
/// identifies measurements during which it stood still.
package final class PauseWatch: Sendable {
    /// The watch of this process, which starts with its first use.
    package static let shared = PauseWatch()

    /// The time between two readings, in ns.
    static let period: UInt64 = 20_000_000
    /// The maximum number of pauses that are kept.
    private static let limit = 1000

    private struct State {
        var detector: PauseDetector
        var pauses: [ProcessPause] = []
    }

    private let state: Mutex<State>
    /// The time of the thread's last reading.
    private let looked: Atomic<UInt64>
    /// If the machine refuses a thread, the callers take the readings.
    private let hasThread = Atomic<Bool>(false)

    private init() {
        let first = Self.reading(nil)
        state = Mutex(State(detector: PauseDetector(first, period: Self.period)))
        looked = Atomic(first.monotonic)
        // The thread blocks all signals, so that they interrupt the main thread's waits.
        var (all, before) = (sigset_t(), sigset_t())
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { _ in
                PauseWatch.shared.watch()
                return nil
            }, nil)
        if failure == 0 {
            pthread_detach(thread)
            hasThread.store(true, ordering: .relaxed)
        }
    }

    private func watch() {
        // The file refers to the thread that opens it, so this thread opens it.
        let schedule = try? FileDescriptor.open(
            FilePath("/proc/thread-self/schedstat"), .readOnly, options: [.closeOnExec])
        while true {
            var rest = timespec()
            rest.tv_nsec = Int(Self.period)
            unsafe nanosleep(&rest, nil)
            look(schedule)
        }
    }

    private func look(_ schedule: FileDescriptor?) {
        state.withLock { state in
            let now = Self.reading(schedule)
            state.pauses += state.detector.look(now)
            if state.pauses.count > Self.limit { state.pauses.removeFirst(state.pauses.count - Self.limit) }
            looked.store(now.monotonic, ordering: .releasing)
        }
    }

    private static func reading(_ schedule: FileDescriptor?) -> PauseDetector.Reading {
        func time(_ clock: clockid_t) -> UInt64 {
            var time = timespec()
            unsafe clock_gettime(clock, &time)
            return UInt64(bitPattern: Int64(time.tv_sec &* 1_000_000_000 &+ time.tv_nsec))
        }
        return PauseDetector.Reading(
            monotonic: Clock.now(), boottime: time(CLOCK_BOOTTIME), realtime: time(CLOCK_REALTIME),
            runQueueWait: schedule.flatMap(runQueueWait))
    }

    /// The second field of the scheduler's statistics (`Documentation/scheduler/sched-stats.rst`).
    private static func runQueueWait(_ schedule: FileDescriptor) -> UInt64? {
        unsafe withUnsafeTemporaryAllocation(byteCount: 96, alignment: 1) { buffer in
            guard let count = try? unsafe schedule.read(fromAbsoluteOffset: 0, into: buffer) else { return nil }
            var (words, value) = (0, UInt64(0))
            for index in 0..<count {
                let byte = unsafe buffer[index]
                if byte == UInt8(ascii: " ") {
                    if words == 1 { return value }
                    (words, value) = (words + 1, 0)
                } else if byte >= 48 && byte <= 57 {
                    value = value &* 10 &+ UInt64(byte - 48)
                }
            }
            return nil
        }
    }

    // MARK: Queries

    /// Pauses that ended after a time (``Clock/now()``), oldest first. Waits until a pause that has just ended is
    /// known.
    package func pauses(since start: UInt64) -> [ProcessPause] {
        settle()
        return state.withLock { state in state.pauses.filter { $0.interval.upperBound > start } }
    }

    /// Time since a moment in which this process ran, in ns. Time that no reading covers yet counts as a pause.
    package func elapsed(since start: UInt64) -> UInt64 {
        if !hasThread.load(ordering: .relaxed) { look(nil) }
        let now = max(start, Clock.now())
        let standing = state.withLock { state in
            let known = state.pauses.reduce(UInt64(0)) { sum, pause in
                pause.kind == .stopped ? sum + Self.overlap(pause, start..<now) : sum
            }
            let seen = min(now, max(state.detector.looked, start))
            return now - seen > Self.period + PauseDetector.shortest ? known + now - seen - Self.period : known
        }
        return now - start > standing ? now - start - standing : 0
    }

    /// The part of a pause that lies in an interval.
    private static func overlap(_ pause: ProcessPause, _ interval: Range<UInt64>) -> UInt64 {
        let common = pause.interval.clamped(to: interval)
        return min(pause.nanoseconds, common.upperBound - common.lowerBound)
    }

    /// Returns once every pause that has ended is known: the thread has taken a reading since, or cannot have stood
    /// still for long.
    private func settle() {
        if !hasThread.load(ordering: .relaxed) { return look(nil) }
        let now = Clock.now()
        let end = now + 2_000_000_000
        while looked.load(ordering: .acquiring) < now {
            let current = Clock.now()
            let last = looked.load(ordering: .acquiring)
            if current < last + Self.period + PauseDetector.shortest || current > end { return }
            usleep(1000)
        }
    }

    /// Repeats work during which this process stood still; at most four times in all.
    package static func undisturbed<Result>(_ work: () -> Result) -> Result {
        for _ in 0..<3 {
            let start = Clock.now()
            let result = work()
            if shared.pauses(since: start).isEmpty { return result }
        }
        return work()
    }
}
