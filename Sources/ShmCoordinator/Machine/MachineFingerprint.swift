internal import ShmHarness

/// What tells machines apart that have one name: a few figures, measured in about 30 ms, beside names. It is for
/// comparisons of machines; no figure of a lock is corrected by it.
///
/// Each figure is a minimum or a low quantile, because other programs and guests only lengthen it. A figure is `nil` where it
/// cannot be measured: with one CPU, without the rights, or where other programs kept the CPUs for too long. The calling
/// thread keeps its affinity.
package struct MachineFingerprint: Sendable {
    /// The C library of the workers, on which the pthread locks depend; that of this process until it is set.
    package var libc: String?
    package let names: MachineNames
    /// One uncontended atomic read-modify-write, ns.
    package let atomic: Double?
    /// A cache line's way between CPUs.
    package let lines: LineTransfers
    /// From the call that wakes a thread until it runs, on the CPU of its waker and on another, ns.
    package let wakeSameCPU: Double?
    package let wakeOtherCPU: Double?
    /// The CPUs of the wake-ups: the waker's, and the other.
    package let wakeCPUs: [Int]
    package let membarrier: MembarrierCost
    /// The share of the machine's CPU time that the hypervisor gave to others meanwhile; `nil` if the kernel does not
    /// tell, or counts in steps that are too large.
    package let stolenShare: Double?
    /// How long it took, ns.
    package let duration: UInt64

    /// The parts, as they are.
    package init(
        libc: String?, names: MachineNames, atomic: Double?, lines: LineTransfers, wakeSameCPU: Double?,
        wakeOtherCPU: Double?, wakeCPUs: [Int], membarrier: MembarrierCost, stolenShare: Double?, duration: UInt64
    ) {
        self.libc = libc
        self.names = names
        self.atomic = atomic
        self.lines = lines
        (self.wakeSameCPU, self.wakeOtherCPU, self.wakeCPUs) = (wakeSameCPU, wakeOtherCPU, wakeCPUs)
        self.membarrier = membarrier
        (self.stolenShare, self.duration) = (stolenShare, duration)
    }

    /// Measures this machine, within 0.5 s also where other programs use all CPUs. Registers this process for
    /// `membarrier(2)`.
    ///
    /// - Parameter libc: the C library of the workers; `nil` for that of this process.
    package init(libc: String? = nil) {
        let (start, times) = (Clock.now(), CPUTimes.now())
        let cpus = Topology.allowed()
        let numbers = cpus.map(\.number)
        // The atomic instruction is measured at several moments: a CPU's frequency changes, as does what other guests do.
        var atomics = [AtomicCost.nanoseconds()]
        let (first, other) = (numbers.first, Self.other(cpus))
        let same = first.flatMap { WakeUps.nanoseconds(from: $0, to: $0) }
        atomics.append(AtomicCost.nanoseconds())
        let across = first.flatMap { first in other.flatMap { WakeUps.nanoseconds(from: first, to: $0) } }
        let lines = LineTransfers(cpus: numbers)
        atomics.append(AtomicCost.nanoseconds())
        let membarrier = MembarrierCost()
        atomics.append(AtomicCost.nanoseconds())
        self.init(
            libc: libc ?? Libc.name, names: MachineNames(cpus: numbers), atomic: atomics.filter { $0 > 0 }.min(),
            lines: lines, wakeSameCPU: same, wakeOtherCPU: across, wakeCPUs: [first, other].compactMap(\.self),
            membarrier: membarrier, stolenShare: times.flatMap { CPUTimes.now()?.stolenShare(since: $0) },
            duration: Clock.now() - start)
    }

    /// The CPU to which wake-ups go from the first: of another core, in the same package if there is one.
    static func other(_ cpus: [Topology.CPU]) -> Int? {
        guard let first = cpus.first else { return nil }
        let others = cpus.dropFirst()
        let near = others.first { $0.package == first.package && $0.core != first.core }
        return (near ?? others.first { $0.package != first.package } ?? others.first)?.number
    }
}
