internal import ShmCoordinator
internal import ShmRecord

/// The machine's fingerprint: what tells it apart from others of its name.
enum FingerprintFindings {
    static func all(_ fingerprint: MachineFingerprint) -> [MachineFinding] {
        [build(fingerprint.names), atomic(fingerprint), lines(fingerprint.lines), wakeUps(fingerprint)].compactMap(
            \.self)
    }

    private static func build(_ names: MachineNames) -> MachineFinding? {
        let parts = [
            names.hypervisor.map { $0 == "none" ? "no hypervisor" : "hypervisor \($0)" },
            names.cores.map { counted($0, "core") }, names.nodes.map { counted($0, "NUMA node") },
            names.caches.map { "data caches \($0)" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : MachineFinding("topology", .ok, parts.joined(separator: ", "))
    }

    private static func atomic(_ fingerprint: MachineFingerprint) -> MachineFinding {
        guard let time = fingerprint.atomic else { return unmeasured("atomic") }
        let stolen = fingerprint.stolenShare.map {
            "; while this and the figures below were measured, \(Figure.decimal($0 * 100, 1))% of the CPU time went to others"
        }
        return MachineFinding(
            "atomic", .ok, "\(Figure.decimal(time, 2)) ns for one uncontended addition" + (stolen ?? ""))
    }

    private static func lines(_ lines: LineTransfers) -> MachineFinding {
        guard let median = lines.median else { return unmeasured("cache line") }
        let times = lines.pairs.map(\.nanoseconds)
        let names = lines.pairs.map { "\($0.first) and \($0.second)" }.joined(separator: "; ")
        let range =
            lines.pairs.count == 1
            ? "between the CPUs \(names)"
            : "the median of \(lines.pairs.count) pairs, from \(time(times.min())) to \(time(times.max())) (CPUs \(names))"
        return MachineFinding("cache line", .ok, "\(time(median)) from one CPU to another, \(range)")
    }

    private static func wakeUps(_ fingerprint: MachineFingerprint) -> MachineFinding {
        let cpus = fingerprint.wakeCPUs.map(String.init)
        let parts = [
            fingerprint.wakeSameCPU.map { "\(Figure.time($0)) on the CPU of the waker (\(cpus.first ?? "?"))" },
            fingerprint.wakeOtherCPU.map { "\(Figure.time($0)) on another (\(cpus.last ?? "?"))" },
        ].compactMap(\.self)
        return parts.isEmpty
            ? unmeasured("wake-up") : MachineFinding("wake-up", .ok, parts.joined(separator: ", "))
    }

    private static func time(_ nanoseconds: Double?) -> String {
        nanoseconds.map { FieldUnit.nanoseconds.shown($0, decimals: 1) } ?? "?"
    }

    private static func unmeasured(_ subject: String) -> MachineFinding {
        MachineFinding(
            subject, .note, "not measured",
            advice: "needs two CPUs, and time on both: its column of the results stays empty")
    }
}
