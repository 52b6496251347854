internal import CBench
internal import Glibc
internal import Synchronization
package import SystemPackage

/// A child process in a process group of its own. Releasing its last reference kills and reaps it.
package final class ChildProcess {
    /// How a process ended.
    package enum Exit: Equatable, Sendable {
        case code(Int32)
        case signal(Int32)

        package var description: String {
            switch self {
            case .code(let code): "exited with code \(code)"
            case .signal(let signal): "was killed by signal \(signal)"
            }
        }
    }

    package let pid: Int32
    package private(set) var exit: Exit?

    /// Starts a program with default signal dispositions. It inherits no descriptor of this process other than 0, 1 and
    /// 2.
    ///
    /// - Parameter input: a descriptor that becomes its standard input.
    /// - Parameter output: a descriptor that becomes its standard output.
    /// - Parameter errors: a descriptor that becomes its standard error.
    /// - Parameter isMute: whether its standard error is discarded.
    package init(
        _ path: String, _ arguments: [String], input: FileDescriptor? = nil, output: FileDescriptor? = nil,
        errors: FileDescriptor? = nil, isMute: Bool = false
    ) throws(Errno) {
        _ = MemoryKills.before
        Self.reapAbandoned()
        pid = try Self.spawn(path, arguments, input: input, output: output, errors: errors, isMute: isMute)
    }

    deinit {
        end()
        if exit == nil { Self.abandoned.withLock { $0.append(pid) } }
    }

    /// Killed while frozen; they die when they are thawed.
    private static let abandoned = Mutex<[Int32]>([])

    private static func reapAbandoned() {
        abandoned.withLock { processes in
            processes.removeAll { process in
                var status: Int32 = 0
                return unsafe waitpid(process, &status, WNOHANG) != 0
            }
        }
    }

    /// Makes the kernel send SIGKILL to this process when the thread that started it ends.
    package static func dieWithParent() { _ = bench_die_with_parent() }

    /// Whether it still runs. Reaps it if it does not.
    package var isRunning: Bool {
        if exit == nil { wait(WNOHANG) }
        return exit == nil
    }

    /// Whether it has ended. Does not reap it, so its process id still refers to it.
    package var hasEnded: Bool {
        if exit != nil { return true }
        var info = unsafe siginfo_t()
        let result = unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
        return unsafe result == 0 ? info.si_signo == SIGCHLD : errno == ECHILD
    }

    /// Sends a signal, unless the process was reaped: its id may by then refer to another process.
    package func send(_ signal: Int32) {
        if exit == nil { kill(pid, signal) }
    }

    /// Sets its nice value, unless it was reaped.
    package func setNiceness(_ value: Int32) {
        if exit == nil { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(pid), value) }
    }

    /// Waits for its end.
    @discardableResult
    package func awaitExit() -> Exit {
        while exit == nil { wait(0) }
        return exit ?? .code(0)
    }

    /// Kills it if it still runs, and reaps it. Until it is reaped, its id cannot refer to another process.
    package func end() {
        guard isRunning else { return }
        var waits = 0
        // Its group is killed, too: a worker behind a wrapper is a child of the wrapper.
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
        // A process in a frozen control group of version 1 dies only when it is thawed, so it is not waited for.
        while isRunning && ProcessFreeze.freezer(of: pid) != nil {
            if waits > 100 { return }
            waits += 1
            usleep(1000)
        }
        awaitExit()
    }

    /// The signal that has stopped it since the last call, as happens to a traced process; `nil` if it has not stopped.
    /// Does not wait. Reaps it if it has ended.
    package func stopSignal() -> Int32? {
        if exit == nil { wait(WNOHANG) } else { nil }
    }

    /// SIGSTOP or another stop signal if it has been stopped since the last call; SIGCONT if it has been continued
    /// after that. Does not wait. Reaps it if it has ended.
    package func jobSignal() -> Int32? {
        exit == nil ? wait(WNOHANG | WUNTRACED | WCONTINUED) : nil
    }

    @discardableResult
    private func wait(_ options: Int32) -> Int32? {
        var status: Int32 = 0
        let result = unsafe waitpid(pid, &status, options)
        if result == pid {
            // WIFSTOPPED: a stopped process has not ended.
            if status & 0xff == 0x7f { return status >> 8 & 0xff }
            if status == 0xffff { return SIGCONT }
            exit = status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
        } else if result < 0 && errno == ECHILD {
            // Reaped elsewhere, for instance because SIGCHLD is ignored.
            exit = .code(0)
        }
        return nil
    }
}
