internal import CBench
internal import Glibc
internal import ShmCore

/// A child that asked to be traced (`ptrace(2)`), and is single-stepped.
///
/// The kernel lets only the thread that started the child trace it: use a tracee on one thread.
struct Tracee: ~Copyable {
    /// The outcome of a step.
    enum Step {
        /// One instruction has been executed.
        case stepped
        /// The instruction is a system call in which the process sleeps; ``finishStep()`` continues it.
        case asleep
    }

    /// The ptrace requests of `sys/ptrace.h`. The numbers are the same on all architectures that Swift supports.
    private enum Request {
        static let proceed: Int32 = 7
        static let singleStep: Int32 = 9
        static let setOptions: Int32 = 0x4200
        static let killWithTracer: UInt = 0x10_0000
    }

    /// Time within which an instruction must either end or sleep.
    private static let patience = Duration.seconds(10)

    let process: ChildProcess

    init(_ process: ChildProcess) { self.process = process }

    deinit { process.end() }

    /// Waits until it has stopped on SIGSTOP, which it raises where the tracer takes over; `false` if it does not
    /// within the limit, or has ended.
    func awaitStop(within limit: Duration) throws(RoundFailure) -> Bool {
        let process = process
        var signal: Int32?
        let hasStopped = try Patience.after(limit).wait(unless: { process.exit != nil }, rest: { usleep(30) }) {
            signal = process.stopSignal()
            return signal != nil
        }
        if let signal, signal != SIGSTOP { throw unexpected(signal) }
        return hasStopped
    }

    /// Sets the tracing options after its first stop: it dies with its tracer.
    func hold() throws(RoundFailure) {
        try request(Request.setOptions, data: Request.killWithTracer)
    }

    /// Whether its next instruction is a system call.
    func isBeforeSystemCall() throws(RoundFailure) -> Bool {
        let answer = bench_next_is_system_call(process.pid)
        if answer < 0 { throw Self.refused(-answer) }
        return answer == 1
    }

    /// Executes one instruction.
    func step() throws(RoundFailure) -> Step {
        try request(Request.singleStep)
        return try finishStep()
    }

    /// Waits until the current instruction ends, or the process sleeps in it.
    func finishStep() throws(RoundFailure) -> Step {
        // Most instructions end within a few microseconds, less than a sleep here would take.
        for _ in 0..<200 { if try hasStepped() { return .stepped } }
        let deadline = Patience.after(Self.patience)
        while true {
            if try hasStepped() { return .stepped }
            // It counts as asleep only if it is seen asleep twice, with a pause and no stop between: a sleep may be
            // short.
            if ProcessState.isAsleep(process.pid) {
                usleep(100)
                if try hasStepped() { return .stepped }
                if ProcessState.isAsleep(process.pid) { return .asleep }
            }
            if Interruption.hasCome { throw .interrupted }
            if deadline.hasPassed {
                throw .failed(
                    "an instruction of the target (pid \(process.pid)) did not end within 10 s; it is "
                        + ProcessState.description(of: process.pid))
            }
            usleep(20)
        }
    }

    /// Continues it until it stops by itself; `false` if it does not within the limit.
    func run(within limit: Duration) throws(RoundFailure) -> Bool {
        try request(Request.proceed)
        return try awaitStop(within: limit)
    }

    /// Sends SIGKILL, without waiting for the end.
    func kill() { process.send(SIGKILL) }

    private func hasStepped() throws(RoundFailure) -> Bool {
        switch process.stopSignal() {
        case SIGTRAP: return true
        case let signal?: throw unexpected(signal)
        case nil:
            if let exit = process.exit {
                throw .failed("the target (pid \(process.pid)) \(exit.explained) unexpectedly")
            }
            return false
        }
    }

    private func unexpected(_ signal: Int32) -> RoundFailure {
        .failed("the target (pid \(process.pid)) got signal \(signal) while it was traced")
    }

    private func request(_ request: Int32, data: UInt = 0) throws(RoundFailure) {
        let result = bench_ptrace(request, process.pid, 0, data)
        if result != 0 { throw Self.refused(Int32(-result)) }
    }

    /// The failure where tracing is not permitted, with its remedy.
    static func refused(_ errorNumber: Int32) -> RoundFailure {
        let reason = unsafe String(cString: strerror(errorNumber))
        return .failed(
            "cannot trace a process of this program: ptrace: \(reason); allow it with `sysctl kernel.yama.ptrace_scope=1`, "
                + "in a container with `--cap-add SYS_PTRACE`, and run it under no other tracer")
    }
}
