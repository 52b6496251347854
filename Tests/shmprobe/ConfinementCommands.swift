import CBench
import Glibc
import ShmCore
import SystemPackage

extension Probe {
    /// Limits the rights of this process, and lets others trace it.
    static var confinementCommands: [String: Command] {
        [
            "user": { _, arguments in
                let user = UInt32(try arguments.number(0))
                guard setgid(user) == 0, setuid(user) == 0 else { throw Errno(rawValue: errno) }
                // A change of user resets it.
                _ = bench_die_with_parent()
                return ""
            },
            "umask": { _, arguments in
                _ = umask(mode_t(try arguments.number(0, radix: 8)))
                return ""
            },
            // Leaves this process that many more descriptors.
            "spare-descriptors": { _, arguments in
                let next = dup(STDIN_FILENO)
                guard next >= 0 else { throw Errno(rawValue: errno) }
                close(next)
                try limitDescriptors { _ in rlim_t(next) + rlim_t(try arguments.number(0)) }
                return ""
            },
            "all-descriptors": { _, _ in
                try limitDescriptors { $0 }
                return ""
            },
            // Stops right before and right after, and in between wherever the tracer stops it.
            "create-traced": { probe, arguments in
                let traceMe: CInt = 0
                let traced = bench_ptrace(traceMe, 0, 0, 0)
                guard traced == 0 else { throw Errno(rawValue: CInt(-traced)) }
                raise(SIGSTOP)
                try probe.create(arguments)
                raise(SIGSTOP)
                return ""
            },
        ]
    }

    private static func limitDescriptors(_ limit: (_ most: rlim_t) throws -> rlim_t) throws {
        let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limits = rlimit()
        guard unsafe getrlimit(descriptors, &limits) == 0 else { throw Errno(rawValue: errno) }
        limits.rlim_cur = try limit(limits.rlim_max)
        guard unsafe setrlimit(descriptors, &limits) == 0 else { throw Errno(rawValue: errno) }
    }
}
