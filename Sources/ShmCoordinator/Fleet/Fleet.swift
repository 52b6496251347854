internal import Glibc
internal import ShmHarness
internal import SystemPackage

/// The processes of one round, trial or test, each in a place of its own. Rounds, crash tests and stress tests start,
/// watch and end their processes here, and nowhere else.
final class Fleet {
    /// What a process is called where something is said of it.
    struct Naming {
        /// What it does there: a worker, a survivor.
        var role: String
        /// Of how many, where that is said.
        var total: Int?
    }

    private let program: WorkerProgram
    private let number: Int
    private let naming: Naming
    private var processes: [ChildProcess?]
    private var disturbances = Disturbances()

    /// A fleet without a process. Those that it starts end with its last reference.
    ///
    /// - Parameters:
    ///   - number: that of its segments.
    ///   - places: how many processes it may have at a time.
    init(_ program: WorkerProgram, number: Int, places: Int, naming: Naming) {
        self.program = program
        self.number = number
        self.naming = naming
        processes = [ChildProcess?](repeating: nil, count: places)
    }

    deinit { end() }

    // MARK: Starting

    /// Starts a process in a place that has none.
    ///
    /// - Parameters:
    ///   - task: the worker program's first argument.
    ///   - what: what is said not to start where it cannot be started.
    ///   - isMute: whether what it writes to its standard error is lost.
    func start(_ place: Int, task: String, calling what: String, isMute: Bool = false) throws(RoundFailure) {
        processes[place] = MemoryKills.prefer(try spawn(place, task: task, calling: what, isMute: isMute))
    }

    /// The same of a process that is the caller's to end, and may have a place behind the others.
    func spawn(_ place: Int, task: String, calling what: String, isMute: Bool = false) throws(RoundFailure)
        -> ChildProcess
    {
        let arguments = [task, ThisRun.starter, "\(number)", "\(place)", "\(processes.count)"]
        do throws(Errno) { return try ChildProcess(program.path, arguments, isMute: isMute) } catch {
            throw .failed("cannot start \(what): \(MachineWant.reason(error))")
        }
    }

    /// The path of the program that its processes run.
    var path: String { program.path }

    // MARK: Asking

    /// Places that have a process.
    var live: [Int] { processes.indices.filter { processes[$0] != nil } }

    /// The process in a place.
    func process(_ place: Int) -> ChildProcess? { processes[place] }

    /// The id of each process.
    var pids: [Int32] { processes.compactMap { $0?.pid } }

    /// A process in words, as in "worker 3 of 8".
    func name(_ place: Int) -> String {
        "\(naming.role) \(place + 1)" + (naming.total.map { " of \($0)" } ?? "")
    }

    /// The same with its id, as in "worker 3 of 8 (pid 4711)".
    func fullName(_ place: Int) -> String {
        name(place) + (processes[place].map { " (pid \($0.pid))" } ?? "")
    }

    // MARK: Ending

    /// Kills processes, all before any is reaped; returns when the first signal was sent, and how long it took until
    /// each was reaped, ns.
    func kill(_ places: [Int]) -> (at: UInt64, reaping: [UInt64]) {
        let at = Clock.now()
        for place in places { processes[place]?.send(SIGKILL) }
        return (at, places.map { reap($0) - at })
    }

    /// Waits for the end of a process that was killed, or leaves, and clears its place; returns when that was.
    @discardableResult
    func reap(_ place: Int) -> UInt64 {
        processes[place]?.awaitExit()
        processes[place] = nil
        return Clock.now()
    }

    /// Ends all that still run, and reaps them. Their places are not cleared: how they ended can be asked for.
    func end() { for process in processes { process?.end() } }

    /// The first process that has ended in such a way.
    func firstEnd(_ isIt: (Int, ChildProcess.Exit) -> Bool) -> (place: Int, exit: ChildProcess.Exit)? {
        for place in live where processes[place]?.isRunning == false {
            if let exit = processes[place]?.exit, isIt(place, exit) { return (place, exit) }
        }
        return nil
    }

    /// The first process that something outside this program has ended: a limit of the machine, or another user.
    func outsideEnd() -> (place: Int, exit: ChildProcess.Exit)? { firstEnd { $1.isOutside } }

    /// Whether one still runs. Reaps those that do not.
    var isRunning: Bool { processes.contains { $0?.isRunning == true } }

    // MARK: Disturbances

    /// The first time that somebody else was seen to stop a process, since that was last forgotten.
    var disturbance: Standstill? { disturbances.first }

    /// Looks whether somebody stops a process, or has stopped it since the last look.
    ///
    /// - Parameter isSuspicious: whether something is wrong that a process that cannot run would explain.
    func lookForDisturbance(of place: Int, isSuspicious: Bool = false) {
        guard let process = processes[place] else { return }
        disturbances.look(at: process, place, called: fullName(place), isSuspicious: isSuspicious)
    }

    /// Why what was seen of the processes since this was last asked says nothing about the lock: one of them stood still;
    /// `nil` where none did.
    func standstill(isSuspicious: Bool) -> Standstill? {
        for place in live { lookForDisturbance(of: place, isSuspicious: isSuspicious) }
        defer { disturbances = Disturbances() }
        return disturbances.first
    }

    /// The test itself stops a process.
    func beginStop(_ place: Int) { disturbances.beginStop(place) }

    /// The test is about to let it go on.
    func endStop(_ place: Int) {
        guard let process = processes[place] else { return }
        disturbances.endStop(process, called: fullName(place))
    }
}
