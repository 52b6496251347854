internal import CBench
internal import Glibc
internal import Synchronization
package import SystemPackage

/// A child process in a process group of its own, killed and reaped at the latest with its last reference.
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

    /// Starts a program. Its signals are at their defaults; it keeps no descriptor of this process but 0, 1 and 2.
    ///
    /// - Parameter input: a descriptor that becomes its standard input.
    /// - Parameter output: a descriptor that becomes its standard output.
    /// - Parameter errors: a descriptor that becomes its standard error.
    /// - Parameter isMute: whether what it writes to its standard error is lost.
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

    /// Killed, and not dead before somebody thaws them.
    private static let abandoned = Mutex<[Int32]>([])

    private static func reapAbandoned() {
        abandoned.withLock { processes in
            processes.removeAll { process in
                var status: Int32 = 0
                return unsafe waitpid(process, &status, WNOHANG) != 0
            }
        }
    }

    /// Makes this process die, killed outright, with the thread that started it.
    package static func dieWithParent() { _ = bench_die_with_parent() }

    /// Whether it still runs. Reaps it when it does not.
    package var isRunning: Bool {
        if exit == nil { wait(WNOHANG) }
        return exit == nil
    }

    /// Whether it has ended, though it was not reaped: its id still means it.
    package var hasEnded: Bool {
        if exit != nil { return true }
        var info = unsafe siginfo_t()
        let result = unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
        return unsafe result == 0 ? info.si_signo == SIGCHLD : errno == ECHILD
    }

    /// Sends a signal, unless the process was reaped: its id may mean another process by then.
    package func send(_ signal: Int32) {
        if exit == nil { kill(pid, signal) }
    }

    /// Sets its nice value; the same holds.
    package func setNiceness(_ value: Int32) {
        if exit == nil { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(pid), value) }
    }

    /// Waits for its end.
    @discardableResult
    package func awaitExit() -> Exit {
        while exit == nil { wait(0) }
        return exit ?? .code(0)
    }

    /// Kills it, if it still runs, and reaps it. Until it is reaped its id cannot come to mean another process.
    package func end() {
        guard isRunning else { return }
        var waits = 0
        // Its group too: a worker behind a wrapper is the wrapper's child.
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
        // What a freezer of version 1 holds dies when it is let go of, and is not waited for.
        while isRunning && ProcessFreeze.freezer(of: pid) != nil {
            if waits > 100 { return }
            waits += 1
            usleep(1000)
        }
        awaitExit()
    }

    /// Whether it has stopped since it was last asked for, which a traced process does; the signal that it stopped for.
    /// Does not wait. Reaps it when it has ended.
    package func stopSignal() -> Int32? {
        if exit == nil { wait(WNOHANG) } else { nil }
    }

    /// SIGSTOP or another signal that stops, where one has stopped it since this was last asked; SIGCONT where it goes on
    /// after that. Does not wait. Reaps it when it has ended.
    package func jobSignal() -> Int32? {
        exit == nil ? wait(WNOHANG | WUNTRACED | WCONTINUED) : nil
    }

    @discardableResult
    private func wait(_ options: Int32) -> Int32? {
        var status: Int32 = 0
        let result = unsafe waitpid(pid, &status, options)
        if result == pid {
            // A traced process that has stopped has not ended.
            if status & 0xff == 0x7f { return status >> 8 & 0xff }
            if status == 0xffff { return SIGCONT }
            exit = status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
        } else if result < 0 && errno == ECHILD {
            // Somebody else reaped it: SIGCHLD is ignored, perhaps.
            exit = .code(0)
        }
        return nil
    }
}
