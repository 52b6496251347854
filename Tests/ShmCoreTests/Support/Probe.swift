import Glibc
import TestSupport
import Testing

@_spi(Bench) @testable import ShmCore

/// Another process with a handle to a segment: shmprobe, controlled by lines of text. It is killed and reaped with this
/// object at the latest.
///
/// It dies with the thread that started it, so a test that uses one must stay on its thread.
final class Probe {
    let processID: pid_t
    private let socket: CInt
    private var unread: [UInt8] = []
    private var end: End?

    /// How a process ended.
    enum End: Equatable {
        case exited(CInt)
        case killed(by: CInt)
    }

    enum Failure: Error {
        case notStarted(errno: CInt)
        case noAnswer(to: String)
        case notWaiting(in: String)
        case ended(End, during: String)
    }

    /// Starts a process with a handle for that key, and waits until it is ready.
    ///
    /// - Parameters:
    ///   - mounting: gives the process a private `/dev/shm`, a tmpfs with these options. Needs root.
    ///   - wrapper: the program and arguments that start the process.
    ///   - settings: environment variables, as `NAME=VALUE`. Those of this process for the robust lock's modes are
    ///     passed on as well.
    init(key: String, mounting options: String? = nil, through wrapper: [String] = [], settings: [String] = []) throws {
        var words = wrapper + [Self.path, key]
        if let options {
            let script = "mount -t tmpfs -o \(options) tmpfs /dev/shm && exec \"$@\""
            words = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh"] + words
        }
        // Closed by every process that is started meanwhile: the pipe's write end must not outlive this process.
        var ends: [CInt] = [0, 0]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure.notStarted(errno: errno) }
        socket = ends[0]
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        // Crashes of a probe are intended, so backtraces are off.
        let names: [String] = ["SHM_ROBUST_RUN", "SHM_ROBUST_QUIET", "SHM_ROBUST_CONTENDED"]
        let inherited: [String] = names.compactMap { name in
            unsafe getenv(name).map { (value) -> String in unsafe "\(name)=" + String(cString: value) }
        }
        let variables: [String] = settings + inherited + ["SWIFT_BACKTRACE=enable=no"]
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe variables.map { unsafe strdup($0) } + [nil]
        var started: pid_t = 0
        let failure = unsafe posix_spawn(&started, words[0], &actions, nil, &arguments, &environment)
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe (arguments + environment).forEach { unsafe free($0) }
        close(ends[1])
        processID = started
        if failure != 0 {
            end = .exited(127)
            throw Failure.notStarted(errno: failure)
        }
        try answer(to: "the start")
    }

    deinit {
        kill()
        close(socket)
    }

    // MARK: Conversation

    /// Sends a command and waits for its answer.
    @discardableResult
    func ask(_ command: String, within timeout: Duration = .seconds(10)) throws -> String {
        send(command)
        return try answer(to: command, within: timeout)
    }

    /// Sends a command. The caller reads its answer later.
    func send(_ command: String) {
        let bytes = Array((command + "\n").utf8)
        let noSignal = CInt(MSG_NOSIGNAL)
        unsafe bytes.withUnsafeBytes { _ = unsafe Glibc.send(socket, $0.baseAddress, $0.count, noSignal) }
    }

    /// Sends a command that will wait, and returns once it does. The caller reads its answer later.
    func begin(_ command: String) throws {
        send("begin \(command)")
        guard try answer(to: command) == "begun" else { throw Failure.noAnswer(to: command) }
        // From here on, the command is what the process first sleeps in, or what consumes that much CPU time.
        let before = try cpuTime
        let waits = try eventually {
            try state == "S" || answers(within: .zero) || cpuTime - before >= .milliseconds(3)
        }
        if !waits { throw Failure.notWaiting(in: command) }
    }

    /// The state of the process in `proc_pid_stat(5)`: R, S, T, ….
    var state: Character? {
        get throws {
            let text = try SmallFile.read("/proc/\(processID)/stat")
            return text.split(separator: ") ").last?.first
        }
    }

    /// The CPU time of the process, `clock_getcpuclockid(3)`.
    var cpuTime: Duration {
        get throws {
            var clock = clockid_t()
            var time = timespec()
            guard unsafe clock_getcpuclockid(processID, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
                throw Failure.notWaiting(in: "a process without a CPU clock")
            }
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
    }

    /// Waits for the next line.
    @discardableResult
    func answer(to command: String = "", within timeout: Duration = .seconds(10)) throws -> String {
        let deadline = Deadline.after(timeout)
        while true {
            if let newline = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...newline) }
                return String(decoding: unread[..<newline], as: UTF8.self)
            }
            guard try receive(until: deadline) else { throw Failure.noAnswer(to: command) }
        }
    }

    /// Whether an answer arrives within that time.
    func answers(within timeout: Duration) throws -> Bool {
        if unread.contains(UInt8(ascii: "\n")) { return true }
        return try receive(until: .after(timeout))
    }

    /// Reads the available input; `false` once the deadline has passed. Throws if the process has ended.
    private func receive(until deadline: Deadline) throws -> Bool {
        var poller = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        let milliseconds = CInt(clamping: (deadline.remaining + 999_999) / 1_000_000)
        guard unsafe poll(&poller, 1, milliseconds) > 0 else { return !deadline.hasPassed }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(socket, $0.baseAddress, $0.count) }
        guard count > 0 else { throw Failure.ended(waitForEnd(), during: "") }
        unread += buffer[..<count]
        return true
    }

    // MARK: End

    func signal(_ number: CInt) { _ = Glibc.kill(processID, number) }

    /// Kills the process, as the out-of-memory killer would, and reaps it.
    @discardableResult
    func kill() -> End {
        if let end { return end }
        _ = Glibc.kill(processID, SIGKILL)
        return waitForEnd()
    }

    /// Reaps the process, which has ended or is about to.
    @discardableResult
    func waitForEnd() -> End {
        if let end { return end }
        while true {
            let status = wait()
            if let found = Self.end(of: status) {
                end = found
                return found
            }
        }
    }

    /// Waits until the process ends or, if it is traced, stops.
    func wait() -> CInt {
        var status: CInt = 0
        let deadline = Deadline.after(.seconds(10))
        while unsafe waitpid(processID, &status, WNOHANG) == 0 {
            if deadline.hasPassed { _ = Glibc.kill(processID, SIGKILL) }
            usleep(20)
        }
        if let found = Self.end(of: status) { end = found }
        return status
    }

    private static func end(of status: CInt) -> End? {
        if status & 0x7f == 0 { return .exited(status >> 8 & 0xff) }
        return status & 0xff == 0x7f ? nil : .killed(by: status & 0x7f)
    }

    // MARK: Start

    /// The path of shmprobe, beside the test bundle's executable.
    private static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/shmprobe"
    }()
}
