internal import CShm
internal import Glibc
public import ShmCore
internal import ShmHarness

/// One contending process, or one of a crash or stress test. Started by the coordinator:
///
///     shmworker contend RUN STARTER ROUND WORKER WORKERS
///     shmworker survive RUN STARTER ROUND SURVIVOR SURVIVORS
///     shmworker die RUN STARTER ROUND SURVIVORS SURVIVORS
///     shmworker stress RUN STARTER ROUND WORKER WORKERS
///     shmworker resettle RUN STARTER ROUND WORKER WORKERS
///     shmworker janitor RUN
///     shmworker --version
///
/// There are two programs of it. `shmworker` is linked statically: it starts in about the time of `/bin/true`.
/// `shmworker-dynamic` can load a lock plugin, whose file the environment names (``LockPlugin/variable``).
public enum WorkerProgram {
    /// Does what the arguments say, and ends the process.
    ///
    /// - Parameter load: loads the plugin of a path; throws why it cannot.
    public static func run(loading load: (String) throws(LockPluginError) -> Void) -> Never {
        if let path = unsafe getenv(LockPlugin.variable).map({ unsafe String(cString: $0) }) {
            do throws(LockPluginError) { try load(path) } catch {
                complain(error.description)
                exit(WorkerExit.setup.rawValue)
            }
        }
        let arguments = ProgramArguments.given
        let run = arguments.dropFirst().first.flatMap { RunID($0) }
        let numbers = arguments.dropFirst(2).compactMap { Int32($0) }
        switch (arguments.first, run, numbers.count, arguments.count) {
        case (let task?, let run?, 4, 6):
            let starter = Starter(run: run, process: numbers[0])
            exit(work(task, starter, Array(numbers.dropFirst())).rawValue)
        case ("janitor", let run?, _, 2):
            exit(Janitor.run(run).rawValue)
        case ("--version", _, _, 1):
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
