internal import CShm
internal import Glibc
internal import Synchronization

/// Which process, for as long as the machine runs: a number alone is another process's in another PID namespace, and may be
/// used again in its own.
///
/// What is 0 is not known: `/proc` tells it, and may be missing.
package struct ProcessIdentity: Hashable, Sendable {
    /// The start of the machine, from `/proc/sys/kernel/random/boot_id`.
    package var boot: UInt64
    /// The inode of its PID namespace.
    package var pidNamespace: UInt64
    /// Its number there.
    package var process: Int32
    /// When it started, in clock ticks after the machine: field 22 of `proc_pid_stat(5)`.
    package var startTime: UInt64

    /// Names a process.
    package init(boot: UInt64, pidNamespace: UInt64, process: Int32, startTime: UInt64) {
        (self.boot, self.pidNamespace, self.process, self.startTime) = (boot, pidNamespace, process, startTime)
    }

    /// The calling process. Found out once a process; a process keeps it for life, and the child of a fork has its own.
    package static var current: ProcessIdentity {
        let generation = shm_generation()
        shm_registry_lock()
        let known = unsafe cached
        shm_registry_unlock()
        if known.generation == generation { return known.identity }
        let found = ProcessIdentity(
            boot: known.generation == 0 ? readBoot() : known.identity.boot, pidNamespace: shm_pid_namespace(),
            process: getpid(), startTime: startTime(of: "self") ?? 0)
        shm_registry_lock()
        unsafe cached = (generation, found)
        shm_registry_unlock()
        return found
    }

    nonisolated(unsafe) private static var cached = (
        generation: UInt32(0), identity: ProcessIdentity(boot: 0, pidNamespace: 0, process: 0, startTime: 0)
    )

    /// When the process of that number in this process's PID namespace started; `nil` where `/proc` does not tell, or
    /// shows another namespace's processes.
    package static func startTime(of process: Int32) -> UInt64? {
        isOwnProc(shm_generation()) ? startTime(of: "\(process)") : nil
    }

    /// Whether `/proc` numbers processes as this process's PID namespace does.
    private static func isOwnProc(_ generation: UInt32) -> Bool {
        shm_registry_lock()
        let known = unsafe ownProc
        shm_registry_unlock()
        if known.generation == generation { return known.isOwn }
        let isOwn = readsOwnProc()
        shm_registry_lock()
        unsafe ownProc = (generation, isOwn)
        shm_registry_unlock()
        return isOwn
    }

    nonisolated(unsafe) private static var ownProc = (generation: UInt32(0), isOwn: false)

    /// A process's own status gives its number in the namespace that `/proc` shows, and in each further one down to its
    /// own.
    private static func readsOwnProc() -> Bool {
        guard let status = try? SmallFile.read("/proc/self/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") })
        else { return false }
        return line.dropFirst(6).split(whereSeparator: \.isWhitespace).map(String.init) == ["\(getpid())"]
    }

    private static func startTime(of process: String) -> UInt64? {
        // The second field is the program's name, in parentheses, and may hold anything.
        guard let text = try? SmallFile.read("/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: name)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    private static func readBoot() -> UInt64 {
        guard let text = try? SmallFile.read("/proc/sys/kernel/random/boot_id") else { return 0 }
        return SegmentHeader.checksum(text.utf8)
    }
}
