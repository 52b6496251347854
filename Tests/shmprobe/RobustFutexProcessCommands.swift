import CBench
import CShm
import Glibc
@_spi(Bench) import ShmCore
import Synchronization
import SystemPackage

extension Probe {
    /// Operations that a process's robust list must survive: fork, exec, filters, namespaces, sudden death.
    static var robustFutexProcessCommands: [String: Command] {
        [
            // `in-child COMMAND / COMMAND / …`: a child runs them. The answer is its answers, and the signal that ended
            // it.
            "in-child": { probe, arguments in try probe.inChild(arguments, forkProcess) },
            // The same, forked without libc's handlers.
            "in-clone": { probe, arguments in
                let call = try symbol("syscall", as: (@convention(c) (Int, Int, Int, Int, Int, Int) -> Int).self)
                let signalOfEnd = Int(SIGCHLD)
                return try probe.inChild(arguments) { pid_t(call(cloneNumber, signalOfEnd, 0, 0, 0, 0)) }
            },
            "die": { _, _ in
                raise(SIGKILL)
                return ""
            },
            // The new program answers the start.
            "exec": { probe, _ in try execute("/proc/self/exe", ["shmprobe", probe.key]) },
            "exec-on-thread": { probe, _ in
                try probe.lockOnThread(thenExecute: true)
                return "not executed"
            },
            "end-thread-inside": { probe, _ in
                try probe.lockOnThread(thenExecute: false)
                return ""
            },
            // A child that idles for a while and outlives its parent. The answer is its process id.
            "fork-and-stay": { _, _ in
                let child = forkProcess()
                if child == 0 {
                    alarm(20)
                    // The test's end of the pipe must not depend on the child.
                    for descriptor in [STDIN_FILENO, STDOUT_FILENO] { close(descriptor) }
                    while true { pause() }
                }
                return "\(child)"
            },
            "execute": { _, arguments in try execute(try arguments.text(0), Array(arguments.words)) },
            // `refuse-robust-list ERRNO`: as the seccomp filter of a container would.
            "refuse-robust-list": { _, arguments in
                try refuse(getRobustList, errno: UInt32(try arguments.number(0)))
                return ""
            },
            // `repeat COUNT`: so many acquisitions and releases through the participant.
            "repeat": { probe, arguments in
                let participant = try probe.participant ?? Participant(probe.shared)
                probe.participant = participant
                for _ in 0..<(try arguments.number(0)) {
                    guard participant.lock.lock() == .acquired else { throw Unexpected(what: "not acquired") }
                    participant.lock.unlock()
                }
                return ""
            },
            "children-elsewhere": { _, _ in
                let unshare = try symbol("unshare", as: (@convention(c) (CInt) -> CInt).self)
                guard unshare(0x2000_0000) == 0 else { throw Errno(rawValue: errno) }  // CLONE_NEWPID
                return ""
            },
            "default-lock": { _, _ in LockKind.default.name },
            "error-string": { probe, _ in probe.shared.errorString },
            // `participant OPERATION`, without the handle.
            "participant": { probe, arguments in
                let participant = try probe.participant ?? Participant(probe.shared)
                probe.participant = participant
                switch try arguments.text(0) {
                case "lock": return "\(participant.lock.lock())"
                case "trylock": return "\(participant.lock.tryLock())"
                case "lock-within":
                    return "\(participant.lock.lock(until: .after(.milliseconds(try arguments.number(1)))))"
                case "unlock": participant.lock.unlock()
                default: throw Arguments.Missing()
                }
                return ""
            },
            // `barge PAUSES`: takes the lock again as soon as it has released it, counting in word 0, until word 1 is
            // set.
            "barge": { probe, arguments in
                try probe.shared.attach()
                let (words, pauses) = (Words(probe.shared), try arguments.number(0))
                while words.load(1) == 0 {
                    try probe.shared.lock()
                    words.store(words.load(0) &+ 1, at: 0)
                    for _ in 0..<pauses { shm_cpu_relax() }
                    try probe.shared.unlock()
                }
                try probe.shared.detach()
                return ""
            },
        ]
    }

    // MARK: fork and exec

    #if arch(x86_64)
        private static var cloneNumber: Int { 56 }
    #else
        private static var cloneNumber: Int { 220 }
    #endif

    /// Swift declares no `fork`, because the child of a process with threads must not continue. This process has none.
    private func inChild(_ arguments: Arguments, _ fork: () -> pid_t) throws -> String {
        var ends: [CInt] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        let child = fork()
        if child == 0 {
            _ = bench_die_with_parent()
            for command in arguments.words.split(separator: "/") {
                let answer = Array((reply(to: Array(command)) + " / ").utf8)
                unsafe answer.withUnsafeBytes { _ = unsafe write(ends[1], $0.baseAddress, $0.count) }
            }
            _exit(0)
        }
        close(ends[1])
        defer { close(ends[0]) }
        guard child > 0 else { throw Errno(rawValue: errno) }
        var answers: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(ends[0], $0.baseAddress, $0.count) }
            if count <= 0 { break }
            answers += buffer[..<count]
        }
        var status: CInt = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        return String(decoding: answers, as: UTF8.self) + "\(status & 0x7f)"
    }

    private static func execute(_ program: String, _ words: [String]) throws -> String {
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        unsafe execv(program, &arguments)
        throw Errno(rawValue: errno)
    }

    private func lockOnThread(thenExecute: Bool) throws {
        executes = thenExecute
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { context in
                let probe = unsafe Unmanaged<Probe>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
                _ = try? probe.shared.lock()
                if probe.executes { _ = try? Probe.execute("/proc/self/exe", ["shmprobe", probe.key]) }
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        guard failure == 0 else { throw Errno(rawValue: failure) }
        pthread_join(thread, nil)
    }

    /// What Swift's overlay hides or cannot call.
    static func symbol<Function>(_ name: String, as _: Function.Type) throws -> Function {
        guard let address = unsafe dlsym(nil, name) else { throw Arguments.Missing() }
        return unsafe unsafeBitCast(address, to: Function.self)
    }

    // MARK: seccomp

    #if arch(x86_64)
        private static var getRobustList: UInt32 { 274 }
    #else
        private static var getRobustList: UInt32 { 100 }
    #endif

    /// Lets a system call of this process fail from now on.
    static func refuse(_ call: UInt32, errno number: UInt32) throws {
        // Classic BPF: load the system call's number; deny that one, permit all others.
        var filter: [UInt64] = [
            instruction(0x20, 0), instruction(0x15, call, orSkip: 1), instruction(0x06, 0x0005_0000 | number),
            instruction(0x06, 0x7fff_0000),
        ]
        let prctl = try symbol("prctl", as: (@convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt).self)
        let (noNewPrivileges, seccomp, filterMode): (CInt, CInt, UInt) = (38, 22, 2)
        guard prctl(noNewPrivileges, 1, 0, 0, 0) == 0 else { throw Errno(rawValue: Glibc.errno) }
        let failed = unsafe filter.withUnsafeMutableBytes { code in
            var program = (UInt(code.count / 8), UInt(bitPattern: code.baseAddress))
            return unsafe withUnsafeMutablePointer(to: &program) {
                prctl(seccomp, filterMode, UInt(bitPattern: $0), 0, 0) != 0
            }
        }
        if failed { throw Errno(rawValue: Glibc.errno) }
    }

    /// A `sock_filter`: u16 code, u8 jump if true, u8 jump if false, u32 operand.
    private static func instruction(_ code: UInt64, _ operand: UInt32, orSkip skipped: UInt64 = 0) -> UInt64 {
        code | skipped << 24 | UInt64(operand) << 32
    }
}
