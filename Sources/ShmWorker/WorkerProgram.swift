internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness

/// One contending process, or one of a crash or stress test. Started by the coordinator:
///
///     shmworker contend STARTER ROUND WORKER WORKERS
///     shmworker survive STARTER ROUND SURVIVOR SURVIVORS
///     shmworker die STARTER ROUND SURVIVORS SURVIVORS
///     shmworker stress STARTER ROUND WORKER WORKERS
///     shmworker resettle STARTER ROUND WORKER WORKERS
///     shmworker janitor RUN
///     shmworker --version
///
/// There are two programs of it. `shmworker` is linked statically: it starts in about the time of `/bin/true`.
/// `shmworker-dynamic` can load a lock plugin, whose file the environment names (``PluginVariable``).
public enum WorkerProgram {
    /// Does what the arguments say, and ends the process.
    ///
    /// - Parameter load: loads the plugin of a path; throws why it cannot.
    public static func run(loading load: (String) throws -> Void) -> Never {
        if let path = unsafe getenv(PluginVariable.name).map({ unsafe String(cString: $0) }) {
            do { try load(path) } catch {
                complain("\(error)")
                exit(WorkerExit.setup.rawValue)
            }
        }
        let arguments = ProgramArguments.given
        let name = arguments.dropFirst().first ?? ""
        let numbers = arguments.dropFirst(2).compactMap { Int32($0) }
        switch (arguments.first, arguments.count) {
        case (let task?, 5):
            guard numbers.count == 3, let starter = Starter(name) else { exit(refuse().rawValue) }
            exit(work(task, starter, numbers).rawValue)
        case ("janitor", 2):
            guard let run = RunID(name) else { exit(refuse().rawValue) }
            exit(Janitor.run(run).rawValue)
        case ("--version", 1):
            print(ToolVersion.workerLine)
            exit(WorkerExit.done.rawValue)
        default:
            exit(refuse().rawValue)
        }
    }

    private static func work(_ task: String, _ starter: Starter, _ numbers: [Int32]) -> WorkerExit {
        switch task {
        case "contend": Worker.run(starter, numbers)
        case "survive": Survivor.run(CrashPlace(starter, numbers))
        case "die": Victim.run(CrashPlace(starter, numbers))
        case "stress": Stressed.run(starter, numbers)
        case "resettle": Resettler.run(starter, numbers)
        default: refuse()
        }
    }

    /// What it says to a person who starts it.
    static func refuse() -> WorkerExit {
        complain("is started by shmbench and does nothing by itself; try `shmbench run`")
        return .usage
    }

    /// One line to stderr.
    static func complain(_ message: String) {
        let line = Array("shmworker: \(message)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
