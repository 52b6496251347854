internal import CShm
internal import Glibc
internal import Synchronization

/// Identifies a process until the machine restarts. A process id alone is ambiguous: another PID namespace may use the
/// same one, and its own namespace may reuse it.
///
/// A field of 0 is unknown: the values come from `/proc`, which may be missing.
package struct ProcessIdentity: Hashable, Sendable {
    /// The last 16 digits of the boot id, `/proc/sys/kernel/random/boot_id`.
    package var boot: UInt64
    /// The inode of the process's PID namespace.
    package var pidNamespace: UInt64
    /// The process id in that namespace.
    package var process: Int32
    /// The start time, in clock ticks after boot: field 22 of `proc_pid_stat(5)`.
    package var startTime: UInt64

    /// Makes an identity of its parts.
    package init(boot: UInt64, pidNamespace: UInt64, process: Int32, startTime: UInt64) {
        (self.boot, self.pidNamespace, self.process, self.startTime) = (boot, pidNamespace, process, startTime)
    }

    /// The calling process, determined once per process. The child of a fork has its own.
    package static var current: ProcessIdentity {
        known.of(shm_generation()) {
            ProcessIdentity(
                boot: currentBoot, pidNamespace: currentPIDNamespace, process: getpid(),
                startTime: startTime(of: "self") ?? 0)
        }
    }

    /// This machine's ``boot``.
    static var currentBoot: UInt64 { boots.of(1) { shm_boot() } }

    /// The inode of the calling process's PID namespace.
    static var currentPIDNamespace: UInt64 { namespaces.of(shm_generation()) { shm_pid_namespace() } }

    private static let known = OncePerProcess<ProcessIdentity>()
    private static let boots = OncePerProcess<UInt64>()
    private static let namespaces = OncePerProcess<UInt64>()
    private static let procs = OncePerProcess<Bool>()

    /// The start time of a process of this process's PID namespace; `nil` if `/proc` does not show it, or belongs to
    /// another namespace.
    package static func startTime(of process: Int32) -> UInt64? {
        procs.of(shm_generation()) { readsOwnProc() } ? startTime(of: "\(process)") : nil
    }

    /// Whether `/proc` belongs to this process's PID namespace.
    ///
    /// `NSpid` in a process's status lists its ids, from the namespace of that `/proc` down to the process's own.
    private static func readsOwnProc() -> Bool {
        guard let status = try? SmallFile.read("/proc/self/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") })
        else { return false }
        return line.dropFirst(6).split(whereSeparator: \.isWhitespace).map(String.init) == ["\(getpid())"]
    }

    private static func startTime(of process: String) -> UInt64? {
        // The second field is the program's name in parentheses, which may contain any character.
        guard let text = try? SmallFile.read("/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, let shown = Int64(fields[19]) else { return nil }
        return UInt64(clamping: shown - bootOffset)
    }

    /// The offset, in clock ticks, that the calling process's time namespace (`time_namespaces(7)`) adds to start
    /// times.
    private static var bootOffset: Int64 {
        offsets.of(shm_generation()) {
            guard let text = try? SmallFile.read("/proc/self/timens_offsets"),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("boottime") })
            else { return 0 }
            let fields = line.split(separator: " ")
            return fields.count > 1 ? (Int64(fields[1]) ?? 0) * Int64(sysconf(Int32(_SC_CLK_TCK))) : 0
        }
    }

    private static let offsets = OncePerProcess<Int64>()
}

/// A value that a process determines once, and the child of a fork again.
private final class OncePerProcess<Fact: Sendable>: Sendable {
    nonisolated(unsafe) private var found: (generation: UInt32, fact: Fact)?

    func of(_ generation: UInt32, _ find: () -> Fact) -> Fact {
        shm_registry_lock()
        let found = unsafe found
        shm_registry_unlock()
        if let found, found.generation == generation { return found.fact }
        let fact = find()
        shm_registry_lock()
        unsafe self.found = (generation, fact)
        shm_registry_unlock()
        return fact
    }
}
