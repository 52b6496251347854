internal import Glibc
internal import ShmHarness

extension ChildProcess.Exit {
    /// An unexpected end of a process, with its probable cause.
    package var explained: String {
        guard let meaning else { return description }
        return "\(description): \(meaning)"
    }

    /// Whether something outside the program ended it: a limit of the machine, or another user. Such an end says
    /// nothing about a lock.
    var isOutside: Bool {
        switch self {
        case .code(let code): [WorkerExit.setup, .usage, .untraceable].contains { $0.rawValue == code }
        // Crashes are the program's own fault, unless memory is limited: they can then follow from a failed allocation.
        case .signal(SIGSEGV), .signal(SIGABRT), .signal(SIGILL), .signal(SIGTRAP), .signal(SIGFPE):
            RefusalReason.addressSpace != nil
        case .signal: true
        }
    }

    private var meaning: String? {
        switch self {
        case .code(WorkerExit.setup.rawValue): return "it could not use its segments; its own line on stderr says why"
        case .code: return nil
        case .signal(SIGKILL):
            if let cause = MemoryKills.before.cause() { return cause }
            let limit = RefusalReason.soft(RLIMIT_CPU).map {
                ", or it has used up its CPU time (RLIMIT_CPU, \($0) s)"
            }
            let memory = MemoryKills.before.possibleCause().map { ", or \($0)" }
            return "this program did not send it; another program or user did\(memory ?? "")\(limit ?? "")"
        case .signal(SIGXCPU):
            return
                "it has used up its CPU time (RLIMIT_CPU\(Self.value(RLIMIT_CPU, " s"))); raise `ulimit -t`"
        case .signal(SIGXFSZ):
            return "a file reached its limit (RLIMIT_FSIZE\(Self.value(RLIMIT_FSIZE, " bytes"))); raise `ulimit -f`"
        case .signal(SIGBUS):
            return "memory that it had mapped no longer exists: /dev/shm is full, or a segment's file was truncated"
        case .signal(SIGSYS): return "a seccomp filter kills it for a system call that it needs"
        case .signal(SIGSEGV), .signal(SIGABRT), .signal(SIGILL), .signal(SIGTRAP), .signal(SIGFPE):
            return RefusalReason.addressSpace
        case .signal: return "this program did not send it; another program or user did"
        }
    }

    private static func value(_ resource: __rlimit_resource, _ unit: String) -> String {
        RefusalReason.soft(resource).map { ", \($0)\(unit)" } ?? ""
    }
}
