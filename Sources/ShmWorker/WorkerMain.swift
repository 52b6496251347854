internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness

/// The main program of a worker in a round, a crash test or a stress test. The coordinator starts it:
///
///     shmworker contend STARTER ROUND WORKER WORKERS
///     shmworker turns STARTER ROUND WORKER WORKERS
///     shmworker spin STARTER ROUND LOOP LOOPS
///     shmworker survive STARTER ROUND SURVIVOR SURVIVORS
///     shmworker die STARTER ROUND SURVIVORS SURVIVORS
///     shmworker stress STARTER ROUND WORKER WORKERS
///     shmworker reattach STARTER ROUND WORKER WORKERS
///     shmworker janitor RUN
///     shmworker --version
///
/// Two programs are built from it. `shmworker` is linked statically, so that it starts in about the time of
/// `/bin/true`. `shmworker-dynamic` can load a lock plugin, which the environment names (``PluginVariable``).
public enum WorkerMain {
    /// Carries out the command line, and ends the process.
    ///
    /// - Parameters:
    ///   - heapBytes: the number of bytes that this thread has allocated so far, from the allocator that the program is
    ///     linked with.
    ///   - load: loads the plugin at a path.
    public static func run(
        heapBytes: @escaping () -> UInt64, loading load: (String) throws -> Void
    ) -> Never {
        if let path = unsafe getenv(PluginVariable.name).map({ unsafe String(cString: $0) }) {
            do { try load(path) } catch {
                Complaint.say("\(error)")
                exit(WorkerExit.setup.rawValue)
            }
        }
        let arguments = ProgramArguments.given
        let name = arguments.dropFirst().first ?? ""
        let numbers = arguments.dropFirst(2).compactMap { Int32($0) }
        switch (arguments.first, arguments.count) {
        case (let task?, 5):
            guard numbers.count == 3, let starter = Starter(name) else { exit(Complaint.refuse().rawValue) }
            exit(work(task, starter, numbers, heapBytes).rawValue)
        case ("janitor", 2):
            guard let run = RunID(name) else { exit(Complaint.refuse().rawValue) }
            exit(JanitorMain.run(run).rawValue)
        case ("--version", 1):
            print(ToolVersion.workerLine)
            print(Libc.name ?? "")
            exit(WorkerExit.done.rawValue)
        default:
            exit(Complaint.refuse().rawValue)
        }
    }

    private static func work(
        _ task: String, _ starter: Starter, _ numbers: [Int32], _ heapBytes: @escaping () -> UInt64
    ) -> WorkerExit {
        switch task {
        case "contend": Worker.run(starter, numbers, heapBytes: heapBytes)
        case "turns": TurnWorker.run(starter, numbers, heapBytes: heapBytes)
        case "spin": BusyLoop.run(starter, numbers)
        case "survive": Survivor.run(CrashPlace(starter, numbers))
        case "die": CrashTarget.run(CrashPlace(starter, numbers))
        case "stress": StressWorker.run(starter, numbers)
        case "reattach": Reattacher.run(starter, numbers)
        default: Complaint.refuse()
        }
    }
}
