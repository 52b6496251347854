internal import ShmCoordinator
internal import ShmHarness
internal import ShmRecord

/// What makes times unreliable: frequency, other guests, limits, clocks.
enum CPUFindings {
    static func all(_ files: SystemFiles, machine: Machine, clock: ClockCalibration) -> [MachineFinding] {
        [
            cpus(machine), limit(files), smt(files), governor(files), boost(files), hypervisor(files),
            load(files, machine),
            timer(clock), clockSource(files), nodes(files),
        ].compactMap(\.self)
    }

    /// The properties that make figures misleading.
    static func doubts(_ findings: [MachineFinding]) -> [String] {
        findings.filter { $0.weight == .warning }.map(\.subject)
    }

    /// The properties that make figures misleading, in words; `nil` if none does.
    static func doubt(_ findings: [MachineFinding]) -> String? {
        let subjects = doubts(findings)
        return subjects.isEmpty ? nil : subjects.joined(separator: ", ")
    }

    private static func cpus(_ machine: Machine) -> MachineFinding {
        let text = "\(machine.cpus) usable, \(machine.cpuModel)"
        return machine.cpus > 1
            ? MachineFinding("CPUs", .ok, text)
            : MachineFinding(
                "CPUs", .warning, text,
                advice: "with one CPU, workers rarely contend; use a machine with two or more")
    }

    /// A cgroup's share of CPU time, cgroup v2 or v1.
    private static func limit(_ files: SystemFiles) -> MachineFinding? {
        let own =
            files.line("/proc/self/cgroup").map { String($0.split(separator: ":", maxSplits: 2).last ?? "/") } ?? "/"
        let paths = ["/sys/fs/cgroup\(own == "/" ? "" : own)/cpu.max", "/sys/fs/cgroup/cpu.max"]
        for path in paths {
            guard let fields = files.line(path)?.split(separator: " "), fields.count == 2 else { continue }
            guard let quota = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
                return MachineFinding("CPU limit", .ok, "none (\(path))")
            }
            return limited(quota / period)
        }
        if let quota = files.number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), quota > 0,
            let period = files.number("/sys/fs/cgroup/cpu/cpu.cfs_period_us"), period > 0
        {
            return limited(Double(quota) / Double(period))
        }
        return nil
    }

    private static func limited(_ share: Double) -> MachineFinding {
        MachineFinding(
            "CPU limit", .warning, "the cgroup may use \(Figure.decimal(share, 2)) CPUs' time",
            advice:
                "workers stop for the rest of each period when it is used up, also while they hold the lock: raise cpu.max, "
                + "or use --cpuset-cpus instead of --cpus")
    }

    private static func smt(_ files: SystemFiles) -> MachineFinding? {
        switch files.line("/sys/devices/system/cpu/smt/active") {
        case "1":
            MachineFinding(
                "SMT", .note, "hardware threads share cores",
                advice: "--pin spread fills whole cores first, --pin compact the threads of one")
        case "0": MachineFinding("SMT", .ok, "off, or not visible to this system")
        default: nil
        }
    }

    private static func governor(_ files: SystemFiles) -> MachineFinding {
        let path = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
        switch files.line(path) {
        case nil:
            return MachineFinding(
                "frequency", .note, "not controlled by this system", advice: "compare within a run only")
        case "performance": return MachineFinding("frequency", .ok, "governor performance")
        case .some(let governor):
            return MachineFinding(
                "frequency", .warning, "governor \(governor)", advice: "cpupower frequency-set -g performance")
        }
    }

    private static func boost(_ files: SystemFiles) -> MachineFinding? {
        let isOn =
            files.line("/sys/devices/system/cpu/cpufreq/boost").map { $0 == "1" }
            ?? files.line("/sys/devices/system/cpu/intel_pstate/no_turbo").map { $0 == "0" }
        return isOn.map { isOn in
            isOn
                ? MachineFinding(
                    "boost", .note, "on: one busy core runs faster than all of them",
                    advice: "turn it off to compare numbers of workers: echo 0 > /sys/devices/system/cpu/cpufreq/boost")
                : MachineFinding("boost", .ok, "off")
        }
    }

    private static func hypervisor(_ files: SystemFiles) -> MachineFinding {
        let flags = files.text("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
        guard flags.split(separator: " ").contains("hypervisor") else {
            return MachineFinding("virtual machine", .ok, "no hypervisor is visible")
        }
        let fields =
            files.line("/proc/stat")?.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) } ?? []
        let total = fields.reduce(0, +)
        guard fields.count == 8, total > 0 else {
            return MachineFinding("virtual machine", .note, "yes; steal time is unknown")
        }
        let stolen = fields[7] / total
        return MachineFinding(
            "virtual machine", stolen > 0.01 ? .warning : .note,
            "yes; \(Figure.decimal(stolen * 100, 2))% of the CPU time since boot went to others",
            advice: "the host can pause its CPUs unnoticed: use more --rounds, and check steal_percent")
    }

    private static func load(_ files: SystemFiles, _ machine: Machine) -> MachineFinding? {
        guard let load = files.line("/proc/loadavg")?.split(separator: " ").first.flatMap({ Double($0) }) else {
            return nil
        }
        let text = "\(Figure.decimal(load, 2)) over the last minute, \(counted(machine.cpus, "CPU"))"
        return load < 0.25 * Double(machine.cpus)
            ? MachineFinding("load", .ok, text)
            : MachineFinding(
                "load", .warning, text, advice: "other programs run, or did until recently: wait until they have ended")
    }

    private static func timer(_ clock: ClockCalibration) -> MachineFinding {
        let cost = "\(Figure.decimal(clock.cost, 1)) ns a reading, in steps of \(Figure.decimal(clock.step, 0)) ns"
        if let hertz = clock.counterHertz {
            return MachineFinding(
                "clock", .ok,
                "the CPU's counter, \(Figure.decimal(hertz / 1e9, 3)) GHz, invariant and in step on every CPU to \(Figure.decimal(clock.skew ?? 0, 0)) ns; \(cost)"
            )
        }
        return MachineFinding(
            "clock", .warning, "clock_gettime, \(cost): \(clock.obstacle ?? "no counter")",
            advice: "short times are less exact; handoff times below a microsecond are not meaningful")
    }

    private static func clockSource(_ files: SystemFiles) -> MachineFinding? {
        guard let source = files.line("/sys/devices/system/clocksource/clocksource0/current_clocksource") else {
            return nil
        }
        return ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"].contains(source)
            ? MachineFinding("kernel's clock", .ok, "\(source), read without a system call")
            : MachineFinding(
                "kernel's clock", .warning, "\(source): each reading is a system call",
                advice: "boot with tsc=reliable if the counter is known to be reliable")
    }

    private static func nodes(_ files: SystemFiles) -> MachineFinding? {
        guard let nodes = files.line("/sys/devices/system/node/online"), nodes.contains(where: { ",-".contains($0) })
        else { return nil }
        return MachineFinding(
            "NUMA", .note, "nodes \(nodes)",
            advice: "--pin compact stays on one package, --pin spread crosses them: measure both")
    }
}
