internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import SystemPackage

/// What prevents a lock or a command from working, or limits the size of a run.
enum LimitFindings {
    /// - Parameter libc: the C library of the workers.
    static func all(_ files: SystemFiles, membarrier: MembarrierCost, libc: String? = nil) -> [MachineFinding] {
        [
            sharedMemory(), processes(), tasks(files), descriptors(), semaphores(files), queues(files), ptrace(files),
            seccomp(files), .membarrier(membarrier),
            counters(files), waits(files), software(libc),
        ].compactMap(\.self) + locks()
    }

    private static func sharedMemory() -> MachineFinding {
        var status = statvfs()
        guard unsafe statvfs("/dev/shm", &status) == 0 else {
            return MachineFinding(
                "/dev/shm", .obstacle, "cannot be used: \(Errno(rawValue: errno))",
                advice: "mount a tmpfs: mount -t tmpfs tmpfs /dev/shm")
        }
        let free = Double(status.f_bavail) * Double(status.f_frsize) / 1_048_576
        let total = Double(status.f_blocks) * Double(status.f_frsize) / 1_048_576
        let text = "\(Figure.decimal(free, 0)) of \(Figure.decimal(total, 0)) MiB free"
        return free < 64
            ? MachineFinding(
                "/dev/shm", .warning, text,
                advice:
                    "a round needs 1 MiB, and 0.2 MiB for each worker: docker run --shm-size=1g, or mount -o remount,size=1g /dev/shm"
            )
            : MachineFinding("/dev/shm", .ok, text)
    }

    /// The limits of a resource; `nil` if the soft one is infinite.
    private static func soft(_ resource: __rlimit_resource) -> (soft: UInt64, hard: UInt64)? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur != .max else {
            return nil
        }
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    private static func processes() -> MachineFinding {
        guard let limit = soft(__RLIMIT_NPROC) else { return MachineFinding("processes", .ok, "no limit for the user") }
        return limit.soft < 2048
            ? MachineFinding(
                "processes", .warning, "at most \(limit.soft)", advice: "raise `ulimit -u` for many workers")
            : MachineFinding("processes", .ok, "at most \(limit.soft)")
    }

    /// A cgroup's limit of processes, cgroup v2.
    private static func tasks(_ files: SystemFiles) -> MachineFinding? {
        let own =
            files.line("/proc/self/cgroup").map { String($0.split(separator: ":", maxSplits: 2).last ?? "/") } ?? "/"
        let folder = "/sys/fs/cgroup\(own == "/" ? "" : own)"
        guard let most = files.number("\(folder)/pids.max") else { return nil }
        let free = most - (files.number("\(folder)/pids.current") ?? 0)
        return free < 1100
            ? MachineFinding(
                "cgroup's processes", .warning, "\(free) more of at most \(most)",
                advice: "docker run --pids-limit, or systemd's TasksMax, limits --workers")
            : MachineFinding("cgroup's processes", .ok, "at most \(most)")
    }

    private static func descriptors() -> MachineFinding {
        guard let limit = soft(RLIMIT_NOFILE) else { return MachineFinding("descriptors", .ok, "no limit") }
        return limit.hard < 4096
            ? MachineFinding(
                "descriptors", .note, "at most \(limit.hard)",
                advice: "`lifecycle` with 1,000 attachments needs more: raise `ulimit -Hn`")
            : MachineFinding("descriptors", .ok, "\(limit.soft), can be raised to \(limit.hard)")
    }

    private static func semaphores(_ files: SystemFiles) -> MachineFinding? {
        // SEMMSL SEMMNS SEMOPM SEMMNI
        guard let fields = files.line("/proc/sys/kernel/sem")?.split(whereSeparator: \.isWhitespace), fields.count == 4,
            let sets = Int(fields[3])
        else { return nil }
        let used = max(0, (files.text("/proc/sysvipc/sem")?.split(separator: "\n").count ?? 1) - 1)
        return used * 10 > sets * 9
            ? MachineFinding(
                "System V semaphores", .warning, "\(used) of \(sets) sets are in use",
                advice: "raise the last number of kernel.sem, or remove leftovers (ipcs -s, shmbench segments)")
            : MachineFinding("System V semaphores", .ok, "\(used) of \(sets) sets are in use")
    }

    private static func queues(_ files: SystemFiles) -> MachineFinding? {
        guard let most = files.number("/proc/sys/fs/mqueue/queues_max") else {
            return MachineFinding(
                "message queues", .note, "not supported by the kernel", advice: "posix-mq-token cannot be used")
        }
        return MachineFinding(
            "message queues", most < 8 ? .warning : .ok, "at most \(most)",
            advice: most < 8 ? "raise fs.mqueue.queues_max" : "")
    }

    private static func ptrace(_ files: SystemFiles) -> MachineFinding {
        switch files.number("/proc/sys/kernel/yama/ptrace_scope") {
        case 3:
            MachineFinding(
                "ptrace", .obstacle, "forbidden (ptrace_scope 3)", advice: "`shmbench crash` needs a reboot without it")
        case 2 where getuid() != 0:
            MachineFinding(
                "ptrace", .obstacle, "for root only (ptrace_scope 2)", advice: "run `shmbench crash` as root")
        default: MachineFinding("ptrace", .ok, "allowed for child processes")
        }
    }

    private static func seccomp(_ files: SystemFiles) -> MachineFinding? {
        guard let mode = files.status("Seccomp"), mode != "0" else {
            return MachineFinding("seccomp", .ok, "no filter")
        }
        return MachineFinding(
            "seccomp", .note, "a filter is in force (mode \(mode))",
            advice: "locks that it disables are listed below; docker run --security-opt seccomp=unconfined removes it")
    }

    private static func counters(_ files: SystemFiles) -> MachineFinding {
        if HardwareCounterProbe.works {
            return MachineFinding("hardware counters", .ok, "cycles and instructions are counted")
        }
        let paranoid = files.number("/proc/sys/kernel/perf_event_paranoid")
        let isForbidden = (paranoid ?? 0) > 2 && getuid() != 0
        return MachineFinding(
            "hardware counters", .note, "none" + (paranoid.map { " (perf_event_paranoid \($0))" } ?? ""),
            advice: isForbidden
                ? "sysctl kernel.perf_event_paranoid=2" : "not available on this machine; their columns stay empty")
    }

    private static func waits(_ files: SystemFiles) -> MachineFinding {
        files.line("/proc/self/schedstat") == nil
            ? MachineFinding(
                "run-queue wait", .note, "not reported by the kernel", advice: "use a kernel with CONFIG_SCHED_INFO")
            : MachineFinding("run-queue wait", .ok, "reported by /proc/self/schedstat")
    }

    private static func software(_ libc: String?) -> MachineFinding {
        let own = Libc.name ?? "unknown C library"
        let workers = libc.map { $0 == own ? "" : " (workers: \($0))" } ?? ""
        return MachineFinding(
            "software", .ok, "Linux \(Machine.current.kernel), \(own)\(workers), pages of \(getpagesize()) bytes")
    }

    /// Locks that do not work on this machine.
    private static func locks() -> [MachineFinding] {
        let refused = LockKind.all.filter { $0.obstacle != nil }
        if refused.isEmpty { return [MachineFinding("locks", .ok, "all \(LockKind.all.count) can be used here")] }
        return refused.map { kind in
            MachineFinding(
                "lock \(kind)", .obstacle, "cannot be used: \(kind.obstacle?.description ?? "")",
                advice: "leave it out of --locks, or remove the obstacle")
        }
    }
}
