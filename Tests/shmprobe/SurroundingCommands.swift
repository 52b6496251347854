import CShm
import Glibc
import ShmCore
import SystemPackage

extension Probe {
    /// The environment of a process: limits, standard descriptors, record locks on other files.
    static var surroundingCommands: [String: Command] {
        [
            // `limit fsize|as|nofile|memlock|nproc VALUE`.
            "limit": { _, arguments in
                let resources = [
                    "fsize": RLIMIT_FSIZE, "as": RLIMIT_AS, "nofile": RLIMIT_NOFILE, "memlock": __RLIMIT_MEMLOCK,
                    "nproc": __RLIMIT_NPROC,
                ]
                guard let resource = resources[try arguments.text(0)] else { throw Arguments.Missing() }
                let value = rlim_t(try arguments.number(1))
                var limits = rlimit(rlim_cur: value, rlim_max: value)
                guard unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limits) == 0 else {
                    throw Errno(rawValue: errno)
                }
                return ""
            },
            // `without-standard COMMAND`: as in a program that was started with all three closed. The answer says which
            // of them the library used.
            "without-standard": { probe, arguments in try probe.withoutStandardDescriptors(Array(arguments.words)) },
            // `record-lock PATH`: F_SETLK on the whole file.
            "record-lock": { _, arguments in
                let file = unsafe open(try arguments.text(0), O_RDWR)
                guard file >= 0 else { throw Errno(rawValue: errno) }
                let failure = shm_record_lock(file, Int16(F_WRLCK), false)
                guard failure == 0 else { throw Errno(rawValue: -failure) }
                return ""
            },
            "list": { _, _ in
                let keys = try SharedMemory.segments().map(\.key)
                return keys.joined(separator: ",")
            },
            "own-ipc-namespace": { _, _ in
                let unshare = try Probe.symbol("unshare", as: (@convention(c) (CInt) -> CInt).self)
                guard unshare(0x0800_0000) == 0 else { throw Errno(rawValue: errno) }  // CLONE_NEWIPC
                return ""
            },
            // `create-or-attach SIZE LOCK HOW`: initialises the data with byte HOW, or the initialiser `dies`,
            // `throws`, or waits for that many `ms`.
            "create-or-attach": { probe, arguments in try probe.createOrAttach(arguments) },
        ]
    }

    private struct Stop: Error {}

    private func createOrAttach(_ arguments: Arguments) throws -> String {
        guard let lock = LockKind(named: try arguments.text(1)) else { throw Arguments.Missing() }
        let how = try arguments.text(2)
        let me = getpid()
        // The child of a fork does not answer.
        defer { if getpid() != me { _exit(shared.exists ? 0 : 1) } }
        let origin = try shared.createOrAttach(size: try arguments.number(0), lock: lock) { bytes in
            // Each byte counts how many have begun.
            for index in 0..<bytes.byteCount {
                let before = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                bytes.storeBytes(of: before &+ 1, toByteOffset: index, as: UInt8.self)
            }
            if how == "dies" { raise(SIGKILL) }
            if how == "throws" { throw Stop() }
            if how.hasPrefix("fork") {
                let child = forkProcess()
                if child == 0 {
                    if how == "fork-throws" { throw Stop() }
                    return
                }
                var status: CInt = 0
                while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
                usleep(200_000)
            }
            if how == "again" {
                // Another handle of the same thread, which would wait for itself.
                let other = SharedMemory(key: key)
                let tries: [() throws -> Void] = [
                    { try other.attach() }, { try other.lock() }, { _ = try other.lock(timeout: .seconds(60)) },
                    { try other.destroy() }, { _ = try other.createOrAttach(size: 8) },
                ]
                for attempt in tries {
                    do {
                        try attempt()
                        throw Unexpected(what: "worked")
                    } catch let error as SharedMemoryError where error.code == .lockError {}
                }
                guard other.size == bytes.byteCount, other.exists else { throw Unexpected(what: "its size") }
            }
            if how.hasSuffix("ms"), let milliseconds = UInt32(how.dropLast(2)) { usleep(1000 * milliseconds) }
            guard shared.holdsLock else { throw Unexpected(what: "the lock is not held during the initialisation") }
            bytes.storeBytes(of: UInt8(how) ?? 99, toByteOffset: 0, as: UInt8.self)
        }
        return "\(origin)"
    }

    private func withoutStandardDescriptors(_ command: [String]) throws -> String {
        let standard = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        let kept = standard.map { shm_duplicate_above($0, 99) }
        for descriptor in standard { close(descriptor) }
        let answer = reply(to: command)
        let taken = standard.filter { fcntl($0, F_GETFD) >= 0 }
        for (descriptor, copy) in zip(standard, kept) {
            dup2(copy, descriptor)
            close(copy)
        }
        return "\(answer), taken \(taken)"
    }
}
