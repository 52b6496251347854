internal import CBench
internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmStatistics
internal import Synchronization

/// The time from the kill of a lock's owner until the next process has the lock, `robust-futex` and `pthread-robust` by
/// turns; and the CPU time of processes that wait for a held lock.
enum DeathCost {
    private static let trials = 500

    static func measure(_ report: inout Bars, _ folder: String) throws {
        try killer.start()
        let program = "\(folder)/selfbench"
        let (ours, theirs) = try (Scene(RobustFutexLock.self, program), Scene(PthreadRobustLock.self, program))
        var (our, their): ([Double], [Double]) = ([], [])
        for _ in 0..<trials {
            our.append(try ours.recover())
            their.append(try theirs.recover())
        }
        for (name, part) in [("median", 0.5), ("p99", 0.99)] {
            let (our, their) = (quantile(part, of: our), quantile(part, of: their))
            report.note(
                "kill to next owner, \(name) of \(trials): robust-futex \(rounded(our)) µs, pthread-robust \(rounded(their)) µs"
            )
            report.line("robust-futex's \(name) recovery over pthread-robust's", our / their, "×", atMost: 1.25)
        }
        let share = try idleShare(LockKind.robustFutex, program)
        report.line("CPU of 8 processes that wait 2 s for a robust-futex, together", share * 100, " %", atMost: 1)
    }

    /// The child process that takes the lock and is killed.
    static func hold(_ key: String) throws {
        _ = bench_die_with_parent()
        let segment = SharedMemory(key: key)
        try segment.attach()
        try segment.lock()
        unsafe segment.mutableData?.storeBytes(of: 1, as: UInt32.self)
        while true { pause() }
    }

    /// The child process that waits. It uses the lock itself: a handle waits in time slices.
    static func wait(_ key: String) {
        struct Waiter: LockVisitor {
            let segment: SharedMemory
            mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
                guard segment.lockKind?.name == L.properties.name else { return }
                guard let lock = try? segment.participant(in: L.self) else { return }
                _ = lock.lock()
            }
        }
        _ = bench_die_with_parent()
        var waiter = Waiter(segment: SharedMemory(key: key))
        LockCatalogue.visit(&waiter)
    }

    /// A segment whose owners are killed.
    private final class Scene<L: LockPrimitive & ~Copyable> {
        private let segment: SharedMemory
        private let lock: Box
        private let program: String

        private struct Box: ~Copyable { let lock: L }

        init(_: L.Type, _ program: String) throws {
            segment = try scratchSegment("death-\(L.properties.name)")
            try segment.create(size: 64, lock: LockKind(L.self))
            try segment.attach()
            lock = Box(lock: try segment.participant(in: L.self))
            self.program = program
        }

        deinit {
            try? segment.detach()
            try? segment.destroy(mode: .forceNoWait)
        }

        /// Microseconds from the kill until this process has the lock.
        func recover() throws -> Double {
            guard let mark = unsafe segment.mutableData?.baseAddress?.assumingMemoryBound(to: Atomic<UInt32>.self)
            else { throw Missing("the segment is not attached") }
            unsafe mark.pointee.store(0, ordering: .relaxed)
            let owner = try ChildProcess(program, ["hold", segment.key])
            let patience = Deadline.after(.seconds(5))
            while unsafe mark.pointee.load(ordering: .acquiring) == 0 {
                if patience.hasPassed { throw Missing("the owner did not take the lock within 5 s") }
                usleep(50)
            }
            killer.aim(at: owner.pid)
            // The shot must come before the owner is reaped and its process id may be reused.
            defer { withExtendedLifetime(owner) { killer.awaitShot() } }
            let outcome = lock.lock.lock(until: .after(.seconds(10)))
            let now = Clock.now()
            guard outcome == .ownerDied else { throw Missing("the lock returned \(outcome) after its owner's death") }
            lock.lock.unlock()
            return Double(now - killer.firedAt) / 1000
        }
    }

    /// A thread that kills its target after a millisecond: by then the caller waits for the target's lock.
    private final class Killer: Sendable {
        private let target = Atomic<pid_t>(0)
        private let time = Atomic<UInt64>(0)

        var firedAt: UInt64 { time.load(ordering: .acquiring) }

        func aim(at process: pid_t) { target.store(process, ordering: .releasing) }

        func awaitShot() { while target.load(ordering: .acquiring) != 0 { usleep(50) } }

        func start() throws {
            var thread = pthread_t()
            let failure = unsafe pthread_create(&thread, nil, { _ in DeathCost.killer.run() }, nil)
            if failure != 0 { throw Missing("cannot start a thread: errno \(failure)") }
        }

        private func run() -> Never {
            while true {
                let process = target.load(ordering: .acquiring)
                usleep(process == 0 ? 50 : 1000)
                if process == 0 { continue }
                time.store(Clock.now(), ordering: .releasing)
                kill(process, SIGKILL)
                target.store(0, ordering: .releasing)
            }
        }
    }

    private static let killer = Killer()

    /// The share of one CPU that eight waiters use together.
    private static func idleShare(_ kind: LockKind, _ program: String) throws -> Double {
        let segment = try scratchSegment("idle")
        try segment.create(size: 64, lock: kind)
        defer { try? segment.destroy(mode: .forceNoWait) }
        try segment.lock()
        let waiters = try (0..<8).map { _ in try ChildProcess(program, ["wait", segment.key]) }
        usleep(500_000)
        func used() throws -> UInt64 {
            try waiters.reduce(0) { sum, waiter in
                // The first field of /proc/PID/schedstat: time on a CPU, in ns.
                let text = try SmallFile.read("\(ProcessFolder.path(of: waiter.pid) ?? "")/schedstat")
                guard let time = text.split(separator: " ").first.flatMap({ UInt64($0) }) else {
                    throw Missing("a waiter has exited")
                }
                return sum + time
            }
        }
        let before = try used()
        let start = Clock.now()
        usleep(2_000_000)
        return Double(try used() - before) / Double(Clock.now() - start)
    }
}
