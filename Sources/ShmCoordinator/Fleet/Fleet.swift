internal import Glibc
internal import ShmHarness
internal import SystemPackage

/// The processes of one round, trial or test, each in a numbered place. Rounds, crash tests and stress tests start,
/// watch and end all their processes here.
final class Fleet {
    /// How messages name a process.
    struct Naming {
        /// Its role: worker, survivor.
        var role: String
        /// The number of processes, if the name contains it.
        var total: Int?
    }

    private let program: WorkerProgram
    private let number: Int
    private let naming: Naming
    private var processes: [ChildProcess?]
    private var disturbances = Disturbances()

    /// Creates a fleet without processes. Releasing its last reference ends the processes that it has started.
    ///
    /// - Parameters:
    ///   - number: the number of its segments.
    ///   - places: the maximum number of processes at a time.
    init(_ program: WorkerProgram, number: Int, places: Int, naming: Naming) {
        self.program = program
        self.number = number
        self.naming = naming
        processes = [ChildProcess?](repeating: nil, count: places)
    }

    deinit { end() }

    // MARK: Starting

    /// Starts a process in a vacant place.
    ///
    /// - Parameters:
    ///   - task: the worker program's first argument.
    ///   - what: names the process in the message of a failure to start it.
    ///   - isMute: whether its standard error is discarded.
    func start(_ place: Int, task: String, calling what: String, isMute: Bool = false) throws(RoundFailure) {
        processes[place] = MemoryKills.prefer(try spawn(place, task: task, calling: what, isMute: isMute))
    }

    /// Starts a process that the caller must end. Its place may be one after the fleet's own.
    func spawn(_ place: Int, task: String, calling what: String, isMute: Bool = false) throws(RoundFailure)
        -> ChildProcess
    {
        let command = program.command([task, ThisRun.starter, "\(number)", "\(place)", "\(processes.count)"])
        do throws(Errno) { return try ChildProcess(command.path, command.arguments, isMute: isMute) } catch {
            throw .failed("cannot start \(what): \(RefusalReason.reason(error))")
        }
    }

    /// The path of the program that its processes run.
    var path: String { program.path }

    // MARK: Queries

    /// Places that have a process.
    var live: [Int] { processes.indices.filter { processes[$0] != nil } }

    /// The process in a place.
    func process(_ place: Int) -> ChildProcess? { processes[place] }

    /// The id of each process.
    var pids: [Int32] { processes.compactMap { $0?.pid } }

    /// The name of a process, as in "worker 3 of 8".
    func name(_ place: Int) -> String {
        "\(naming.role) \(place + 1)" + (naming.total.map { " of \($0)" } ?? "")
    }

    /// Its name with its id, as in "worker 3 of 8 (pid 4711)".
    func fullName(_ place: Int) -> String {
        name(place) + (processes[place].map { " (pid \($0.pid))" } ?? "")
    }

    // MARK: Ending

    /// Kills processes, all of them before any is reaped; returns the time of the first signal, and how long the
    /// reaping of each took, in ns.
    func kill(_ places: [Int]) -> (at: UInt64, reaping: [UInt64]) {
        let at = Clock.now()
        for place in places { processes[place]?.send(SIGKILL) }
        return (at, places.map { reap($0) - at })
    }

    /// Waits for the end of a process that was killed or exits, and vacates its place; returns the time of its end.
    @discardableResult
    func reap(_ place: Int) -> UInt64 {
        processes[place]?.awaitExit()
        processes[place] = nil
        return Clock.now()
    }

    /// Ends all running processes, and reaps them. Their places are not vacated, so their exits can still be queried.
    func end() { for process in processes { process?.end() } }

    /// The first process that has ended and satisfies a condition.
    func firstEnd(_ isIt: (Int, ChildProcess.Exit) -> Bool) -> (place: Int, exit: ChildProcess.Exit)? {
        for place in live where processes[place]?.isRunning == false {
            if let exit = processes[place]?.exit, isIt(place, exit) { return (place, exit) }
        }
        return nil
    }

    /// The first process that something outside this program has ended: a limit of the machine, or another user.
    func outsideEnd() -> (place: Int, exit: ChildProcess.Exit)? { firstEnd { $1.isOutside } }

    /// Whether a process still runs. Reaps those that do not.
    var isRunning: Bool { processes.contains { $0?.isRunning == true } }

    // MARK: Disturbances

    /// The first detected interference with a process since the last reset.
    var disturbance: Standstill? { disturbances.first }

    /// Checks whether another program stops a process, or has stopped it since the last check.
    ///
    /// - Parameter isSuspicious: whether something is wrong that a process without CPU time would explain.
    func lookForDisturbance(of place: Int, isSuspicious: Bool = false) {
        guard let process = processes[place] else { return }
        disturbances.look(at: process, place, called: fullName(place), isSuspicious: isSuspicious)
    }

    /// Why observations of the processes since the last call say nothing about the lock: one of them stood still; `nil`
    /// if none did.
    func standstill(isSuspicious: Bool) -> Standstill? {
        for place in live { lookForDisturbance(of: place, isSuspicious: isSuspicious) }
        defer { disturbances = Disturbances() }
        return disturbances.first
    }

    /// Records that the test stops a process.
    func beginStop(_ place: Int) { disturbances.beginStop(place) }

    /// Records that the test is about to continue a process.
    func endStop(_ place: Int) {
        guard let process = processes[place] else { return }
        disturbances.endStop(process, called: fullName(place))
    }
}
