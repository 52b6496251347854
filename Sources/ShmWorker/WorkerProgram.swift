internal import CShm
internal import Glibc
public import ShmCore
internal import ShmHarness

/// One contending process, or one of a crash or stress test. Started by the coordinator:
///
///     shmworker contend COORDINATOR ROUND WORKER WORKERS
///     shmworker survive COORDINATOR ROUND SURVIVOR SURVIVORS
///     shmworker die COORDINATOR ROUND SURVIVORS SURVIVORS
///     shmworker stress COORDINATOR ROUND WORKER WORKERS
///     shmworker resettle COORDINATOR ROUND WORKER WORKERS
///     shmworker janitor COORDINATOR
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
        let numbers = arguments.dropFirst().compactMap { Int32($0) }
        switch (arguments.first, numbers.count, arguments.count) {
        case ("contend", 4, 5):
            exit(
                Worker.run(coordinator: numbers[0], round: numbers[1], worker: numbers[2], workers: numbers[3]).rawValue
            )
        case ("survive", 4, 5):
            exit(Survivor.run(CrashPlace(numbers)).rawValue)
        case ("die", 4, 5):
            exit(Victim.run(CrashPlace(numbers)).rawValue)
        case ("stress", 4, 5):
            exit(Stressed.run(numbers).rawValue)
        case ("resettle", 4, 5):
            exit(Resettler.run(numbers).rawValue)
        case ("janitor", 1, 2):
            Janitor.run(coordinator: numbers[0])
            exit(WorkerExit.done.rawValue)
        case ("--version", _, 1):
            print(ToolVersion.workerLine)
            exit(WorkerExit.done.rawValue)
        default:
            complain("is started by shmbench and does nothing by itself; try `shmbench run`")
            exit(WorkerExit.usage.rawValue)
        }
    }

    /// One line to stderr.
    static func complain(_ message: String) {
        let line = Array("shmworker: \(message)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
