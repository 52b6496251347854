package import ShmCoordinator

/// A part of a machine's fingerprint: a column of rounds, and a member of the fingerprint in the document of `doctor`.
package typealias FingerprintColumn = Field<MachineFingerprint>

extension Field where Subject == MachineFingerprint {
    /// The names, and then the figures. None identifies the machine: it may have been measured by a version without them.
    package static let all: [Field<MachineFingerprint>] = [
        Field(
            "libc", kind: .text,
            "C library of the workers, such as `glibc 2.41`, which the pthread locks are part of; a static worker has its own"
        ) { Value($0.libc) },
        Field(
            "hypervisor", kind: .text,
            "hypervisor that the machine runs on, such as `kvm`; `none` on bare metal, empty if the machine does not tell"
        ) { Value($0.names.hypervisor) },
        Field("numa_nodes", kind: .count, "number of the machine's NUMA nodes") {
            Value($0.names.nodes.map(UInt64.init))
        },
        Field(
            "cores", kind: .count, "number of cores that the process may use, of which `cpus` are the hardware threads"
        ) {
            Value($0.names.cores.map(UInt64.init))
        },
        Field("caches", kind: .text, "sizes of the first CPU's data caches by level, such as `32K/1M/32M`") {
            Value($0.names.caches)
        },
        Field(
            "atomic_ns",
            "time of one uncontended atomic read-modify-write, measured once per invocation as are the figures below; empty where they cannot be measured"
        ) { Value($0.atomic, decimals: 2) },
        Field(
            "line_transfer_ns",
            "time that a cache line takes from one CPU to another, one way: the median over pairs of CPUs; empty with one CPU"
        ) { Value($0.lines.median, decimals: 1) },
        Field(
            "wake_same_cpu_ns",
            "time from the call that wakes a thread by `futex(2)` until the thread runs, on the CPU of its waker"
        ) { Value($0.wakeSameCPU, decimals: 0) },
        Field("wake_other_cpu_ns", "as `wake_same_cpu_ns`, on another core; empty with one CPU") {
            Value($0.wakeOtherCPU, decimals: 0)
        },
        Field(
            "membarrier_ns",
            "time of a memory barrier (`membarrier(2)`) that interrupts another CPU; empty with one CPU, or where it is forbidden"
        ) { Value($0.membarrier.interrupting, decimals: 0) },
    ]
}
