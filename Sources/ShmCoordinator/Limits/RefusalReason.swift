internal import Glibc
internal import ShmCore
public import SystemPackage

/// Why the machine refused a resource: which limit, its value, where it is set and what to do. A failure that a limit
/// causes says nothing about a lock.
public enum RefusalReason {
    /// Explains why a process or a descriptor could not be created: the system's message, and the limit behind it if it
    /// can be found.
    ///
    /// - Parameter process: the process that was refused the resource, if it is not this one.
    public static func reason(_ errno: Errno, to process: Int32? = nil) -> String {
        let cause = cause(errno, to: process, files: KernelFiles())
        return cause.map { "\(errno.description): \($0)" } ?? errno.description
    }

    /// Explains why a segment could not be created.
    static func reason(_ error: SharedMemoryError) -> String {
        let cause = error.errno.flatMap { errno -> String? in
            errno == .noSpace && error.code != .outOfMemory ? nil : fileCause(errno)
        }
        return cause.map { "\(error.description): \($0)" } ?? error.description
    }

    /// Explains why a file in `/dev/shm` could not be created.
    static func reason(ofFile errno: Errno) -> String {
        fileCause(errno).map { "\(errno.description): \($0)" } ?? errno.description
    }

    private static func fileCause(_ errno: Errno) -> String? {
        switch errno {
        case .noSpace: sharedMemory()
        case .readOnlyFileSystem: "/dev/shm is mounted read-only: mount -o remount,rw /dev/shm"
        case .fileTooLarge:
            soft(RLIMIT_FSIZE).map { "a file is limited to \($0) bytes (RLIMIT_FSIZE); raise `ulimit -f`" }
        default: cause(errno, files: KernelFiles())
        }
    }

    static func cause(_ errno: Errno, to process: Int32? = nil, files: KernelFiles) -> String? {
        switch errno {
        case .resourceTemporarilyUnavailable: processes(files)
        case .noMemory: memory(files)
        case .tooManyOpenFiles:
            soft(RLIMIT_NOFILE).map {
                "this process is limited to \($0) open files (RLIMIT_NOFILE); raise `ulimit -n`"
            }
        case .tooManyOpenFilesInSystem:
            files.number("/proc/sys/fs/file-max").map {
                "the machine is limited to \($0) open files; raise fs.file-max"
            }
        case .notPermitted, .noFunction: filter(process, files)
        default: nil
        }
    }

    // MARK: Limits

    private static func processes(_ files: KernelFiles) -> String {
        if let group = ControlGroup("pids", files: files) {
            let full = group.first { folder -> String? in
                guard let most = files.number("\(folder)/pids.max") else { return nil }
                let count = files.number("\(folder)/pids.current") ?? 0
                let refusals = files.number("\(folder)/pids.events", "max") ?? 0
                guard count >= most || refusals > 0 else { return nil }
                return
                    "the control group may have \(most) processes and threads (\(folder)/pids.max); raise it (docker run "
                    + "--pids-limit, systemd's TasksMax), or ask for fewer --workers"
            }
            if let full { return full }
        }
        if geteuid() != 0, let most = soft(__RLIMIT_NPROC) {
            return
                "the user may have \(most) processes and threads (RLIMIT_NPROC); ask for fewer --workers, or raise `ulimit -u`"
        }
        let most = ["threads-max", "pid_max"].compactMap { files.number("/proc/sys/kernel/\($0)") }.min()
        return
            "a limit of processes is reached: `ulimit -u`, the control group's pids.max, or the machine's "
            + (most.map { "\($0) (kernel.threads-max, kernel.pid_max)" } ?? "kernel.threads-max")
            + "; ask for fewer --workers, or raise it"
    }

    private static func memory(_ files: KernelFiles) -> String? {
        if let limit = addressSpace { return limit }
        if files.number("/proc/sys/vm/overcommit_memory") == 2,
            let most = files.number("/proc/meminfo", "CommitLimit"),
            let used = files.number("/proc/meminfo", "Committed_AS")
        {
            return
                "the machine commits no more memory than it has: \(used) of \(most) KiB (vm.overcommit_memory is 2); free some, "
                + "or raise vm.overcommit_ratio"
        }
        return files.number("/proc/meminfo", "MemAvailable").map { "the machine has \($0) KiB available; free some" }
    }

    private static func sharedMemory() -> String? {
        var status = statvfs()
        guard unsafe statvfs("/dev/shm", &status) == 0 else { return nil }
        let (free, total) = (
            UInt64(status.f_bavail) * UInt64(status.f_frsize), UInt64(status.f_blocks) * UInt64(status.f_frsize)
        )
        return
            "/dev/shm has \(free / 1024) of \(total / 1024) KiB free; remove what is left over (shmbench segments), or "
            + "enlarge it: mount -o remount,size=1g /dev/shm, docker run --shm-size=1g"
    }

    /// The memory limit of this process and its children, in words; `nil` if there is none.
    static var addressSpace: String? {
        if let most = soft(RLIMIT_AS) {
            return "a process may have \(most) bytes of address space (RLIMIT_AS); raise `ulimit -v`"
        }
        return soft(RLIMIT_DATA).map { "a process may have \($0) bytes of data (RLIMIT_DATA); raise `ulimit -d`" }
    }

    private static func filter(_ process: Int32?, _ files: KernelFiles) -> String? {
        guard let folder = files.folder(of: process),
            files.number("\(folder)/status", "Seccomp").map({ $0 > 0 }) ?? false
        else { return nil }
        return
            "a seccomp filter is in force, and refuses fork, clone, clone3 or execve; docker run --security-opt "
            + "seccomp=unconfined lifts it"
    }

    /// The soft limit of a resource; `nil` if there is none.
    static func soft(_ resource: __rlimit_resource) -> UInt64? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur != .max else {
            return nil
        }
        return UInt64(limit.rlim_cur)
    }
}
