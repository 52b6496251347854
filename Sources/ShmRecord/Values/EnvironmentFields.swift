internal import ShmCoordinator
internal import ShmHarness

extension Field {
    /// The version and the machine: columns of every results file, and the key of the machine.
    package static var environment: [Field] {
        [
            Field(
                "tool_version", kind: .text,
                "version of shmbench, and the machine; `cpus` counts the CPUs that the run may use"
            ) { _ in
                .text(ToolVersion.current)
            },
            Field("hostname", kind: .text, roles: [.machine, .platform]) { _ in .text(Machine.current.hostname) },
            Field("kernel", kind: .text, roles: .platform) { _ in .text(Machine.current.kernel) },
            Field("cpu_model", kind: .text, roles: [.machine, .platform]) { _ in .text(Machine.current.cpuModel) },
            Field("cpus", kind: .count, roles: [.machine, .platform]) { _ in .integer(Machine.current.cpus) },
        ]
    }
}
