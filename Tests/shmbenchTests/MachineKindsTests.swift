import ShmCompare
import ShmRecord
import Testing

/// Kinds of machines, from synthetic fingerprints.
@Suite(.timeLimit(.minutes(10))) struct MachineKindsTests {
    /// A round on a machine.
    private func round(
        _ host: String, atomic: Double? = 4.2, model: String = "Some CPU", run: String? = nil,
        _ figures: [String: String] = [:]
    ) -> Record {
        let machine = [
            "hostname": host, "cpu_model": model, "run_id": run ?? "run-\(host)", "cores": "2", "hypervisor": "kvm",
            "atomic_ns": atomic.map { "\($0)" } ?? "",
        ]
        return record("futex", machine.merging(figures) { _, new in new })
    }

    private func hosts(_ kinds: MachineKinds) -> [[String]] { kinds.kinds.map { $0.members.map(\.hostname) } }

    @Test func `machines that agree are one kind, also if their records are mixed`() {
        let records = [
            round("b", atomic: 4.2), round("a", atomic: 4.4), round("b", atomic: 4.2), round("c", atomic: 4.0),
        ]
        let kinds = MachineKinds(records)
        #expect(hosts(kinds) == [["a", "b", "c"]] && kinds.findings.isEmpty)
        #expect(kinds.kinds[0].title == "Some CPU, 2 cores, kvm" && kinds.kinds[0].median("atomic_ns") == 4.2)
        #expect(hosts(MachineKinds(records.reversed())) == hosts(kinds))
    }

    @Test(arguments: [
        ["cpu_model": "Other CPU"], ["cores": "4"], ["hypervisor": "none"],
    ])
    func `machines with different names are different kinds, and none is a surprise`(name: [String: String]) {
        let kinds = MachineKinds([round("a"), round("b"), round("c", atomic: 9, name)])
        #expect(hosts(kinds) == [["a", "b"], ["c"]] && kinds.findings.isEmpty)
    }

    @Test func `a machine that is not what its name says is told, with the figure that says so`() throws {
        let records = [round("n1"), round("n2", atomic: 4.3), round("n3", atomic: 8.82), round("n4", atomic: 4.1)]
        let kinds = MachineKinds(records)
        #expect(hosts(kinds) == [["n1", "n2", "n4"], ["n3"]])
        #expect(
            kinds.kinds.map(\.title) == ["Some CPU, 2 cores, kvm, kind 1 of 2", "Some CPU, 2 cores, kvm, kind 2 of 2"])
        #expect(
            kinds.findings.map(\.text) == [
                "n3 calls itself Some CPU, but one atomic addition takes 2.1× as long as on the other 3 (8.8 ns, and 4.2 ns)"
            ])
        #expect(kinds.findings.first?.machines.map(\.hostname) == ["n3"])
        #expect(kinds.kind(of: records[2]) == 1 && kinds.kind(of: records[0]) == 0)
        #expect(kinds.kind(of: round("elsewhere")) == nil)
    }

    @Test func `a faster machine is told as well, and further figures are counted`() throws {
        let slow = [
            "wake_other_cpu_ns": "9000", "line_transfer_ns": "120", "clock_read_ns": "40", "hypervisor": "none",
        ]
        let fast = ["wake_other_cpu_ns": "1000", "line_transfer_ns": "30", "clock_read_ns": "20", "hypervisor": "none"]
        let text = MachineKinds([round("a", slow), round("b", slow), round("c", atomic: 2, fast)]).findings.map(\.text)
        #expect(
            text == [
                "c calls itself Some CPU, but a wake-up on another CPU takes 0.11× as long as on the other 2 (1.00 µs, and 9.00 µs), and a cache line's way between CPUs takes 0.25× as long as on the other 2 (30.0 ns, and 120 ns); 2 more figures differ"
            ])
    }

    @Test func `between guests, a figure that depends on the host's placement does not count`() {
        let near = ["line_transfer_ns": "40", "hypervisor": "kvm"]
        let far = ["line_transfer_ns": "210", "hypervisor": "kvm"]
        #expect(MachineKinds([round("a", near), round("b", far)]).kinds.count == 1)
        let metal = ["hypervisor": "none"]
        let kinds = MachineKinds([round("a", near.merging(metal) { $1 }), round("b", far.merging(metal) { $1 })])
        #expect(kinds.kinds.count == 2 && kinds.findings.count == 1)
    }

    @Test func `of two machines that differ, neither is right`() {
        let kinds = MachineKinds([round("a", atomic: 4), round("b", atomic: 8)])
        #expect(hosts(kinds) == [["a"], ["b"]])
        #expect(
            kinds.findings.map(\.text) == [
                "a and b both call themselves Some CPU, but one atomic addition takes 2.0× as long on b as on a (8.0 ns, and 4.0 ns)"
            ])
        #expect(kinds.findings.first?.machines.map(\.hostname) == ["a", "b"])
    }

    @Test func `two halves, and machines that all differ, have no majority`() {
        let halves = MachineKinds([
            round("a", atomic: 4), round("b", atomic: 4), round("c", atomic: 8), round("d", atomic: 8),
        ])
        #expect(hosts(halves) == [["a", "b"], ["c", "d"]] && halves.findings.map(\.machines.count) == [4])
        #expect(
            halves.findings[0].text.hasPrefix(
                "4 machines (a, b, c, d) call themselves Some CPU, but one atomic addition"))
        let apart = MachineKinds(["a": 4, "b": 8, "c": 16].map { round($0, atomic: $1) })
        #expect(apart.kinds.count == 3 && apart.findings.map(\.machines.count) == [3])
    }

    @Test func `every two machines of a kind agree: kinds do not chain`() {
        // Two neighbours agree, and three in a row do not.
        let factor = MachineFigure.all.first { $0.column == "atomic_ns" }?.factor ?? 0
        var (value, records): (Double, [Record]) = (1, [])
        for number in 0..<12 {
            records.append(round("n\(100 + number)", atomic: value))
            value *= (factor * 1.1).squareRoot()
        }
        let kinds = MachineKinds(records)
        #expect(kinds.kinds.count >= 6 && kinds.kinds.map(\.members.count).reduce(0, +) == 12)
        for kind in kinds.kinds {
            let figures = kind.members.compactMap { $0.figures["atomic_ns"] }
            #expect((figures.max() ?? 1) <= (figures.min() ?? 0) * factor)
        }
    }

    @Test func `results without a fingerprint are grouped by name, and with no machine that has one`() {
        let old = ["cores": "", "hypervisor": ""]
        let kinds = MachineKinds([round("a", atomic: nil, old), round("b", atomic: nil, old), round("c")])
        #expect(hosts(kinds) == [["a", "b"], ["c"]] && kinds.findings.isEmpty)
        #expect(kinds.kinds[0].title == "Some CPU" && kinds.kinds[0].median("atomic_ns") == nil)
        #expect(MachineKinds([]).kinds.isEmpty)
    }

    @Test func `a machine's figure is the median over its runs, and a run of before adds none`() {
        let runs = [3.9, 4.0, 12].enumerated().map { round("a", atomic: $1, run: "r\($0)") }
        let old = round("a", atomic: nil, run: "old", ["cores": "", "hypervisor": ""])
        let machines = FingerprintedMachine.all([old] + runs + runs)
        #expect(machines.count == 1 && machines[0].figures["atomic_ns"] == 4 && machines[0].names.cores == "2")
    }

    @Test func `a hostile name stays one line without markup`() {
        let kinds = MachineKinds([round("a\n<b>|`", atomic: 4), round("c", atomic: 9)])
        #expect(kinds.findings.allSatisfy { !$0.text.contains { "\n<|`".contains($0) } } && kinds.findings.count == 1)
    }

    @Test func `hundreds of machines are grouped at once`() {
        let records = (0..<300).map { number -> Record in
            let noise = Double(number % 9) / 100
            return round("n\(number)", atomic: number % 10 == 0 ? 9 + noise : 4 + noise)
        }
        let kinds = MachineKinds(records)
        #expect(kinds.kinds.map(\.members.count) == [270, 30] && kinds.findings.count == 30)
    }
}
