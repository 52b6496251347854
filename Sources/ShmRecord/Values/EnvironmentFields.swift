internal import ShmCoordinator
internal import ShmHarness

extension Field {
    /// The version and the machine: columns of every results file, and the key of the machine.
    package static var environment: [Field] {
        [
            Field("tool_version", kind: .text, "version of shmbench") { _ in .text(ToolVersion.current) },
            Field("hostname", kind: .text, roles: [.machine, .platform], "name of the machine") { _ in
                .text(Machine.current.hostname)
            },
            Field("kernel", kind: .text, roles: .platform, "release of the kernel (`uname -r`)") { _ in
                .text(Machine.current.kernel)
            },
            Field("cpu_model", kind: .text, roles: [.machine, .platform], "model of the CPUs (`/proc/cpuinfo`)") { _ in
                .text(Machine.current.cpuModel)
            },
            Field("cpus", kind: .count, roles: [.machine, .platform], "number of CPUs that the process may use") { _ in
                .integer(Machine.current.cpus)
            },
        ]
    }
}
