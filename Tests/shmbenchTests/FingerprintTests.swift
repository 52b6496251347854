import Foundation
import GRDB
import ShmCompare
import ShmCore
import Testing

@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// A fingerprint of another machine, of which only a part could be measured where there is one CPU.
func fingerprint(hasOneCPU: Bool = false) -> MachineFingerprint {
    MachineFingerprint(
        libc: "glibc 9.9", names: MachineNames(hypervisor: "kvm", nodes: 2, cores: 8, caches: "32K/1M/32M"),
        atomic: 4.256,
        lines: LineTransfers(
            pairs: hasOneCPU
                ? [] : [.init(0, 1, nanoseconds: 50), .init(0, 4, nanoseconds: 120), .init(1, 5, nanoseconds: 81.25)]),
        wakeSameCPU: 1234.5, wakeOtherCPU: hasOneCPU ? nil : 5678.9, wakeCPUs: hasOneCPU ? [0] : [0, 4],
        membarrier: MembarrierCost(obstacle: nil, alone: 300, interrupting: hasOneCPU ? nil : 2345),
        stolenShare: 0.0312,
        duration: 1)
}

/// The fields and findings of a fingerprint.
@Suite(.timeLimit(.minutes(10))) struct FingerprintFieldTests {
    private func row(_ fingerprint: MachineFingerprint?) -> [String: String] {
        let run = RunConditions(id: "x", seed: 1, clock: ClockCalibration(), fingerprint: fingerprint)
        let row = Row(run: run, cell: Cell(.futex, Load()), round: 1, result: RoundResult(startedAt: 0))
        return Record(row).fields.filter { fingerprintColumns.contains($0.key) }
    }

    @Test func `the columns have the names and figures, and what was not measured is empty and never 0`() {
        let whole = [
            "libc": "glibc 9.9", "hypervisor": "kvm", "numa_nodes": "2", "cores": "8", "caches": "32K/1M/32M",
            "atomic_ns": "4.26", "line_transfer_ns": "81.3", "wake_same_cpu_ns": "1235", "wake_other_cpu_ns": "5679",
            "membarrier_ns": "2345",
        ]
        #expect(row(fingerprint()) == whole)
        let less = ["line_transfer_ns": "", "wake_other_cpu_ns": "", "membarrier_ns": ""]
        #expect(row(fingerprint(hasOneCPU: true)) == whole.merging(less) { _, new in new })
        #expect(row(nil).values.allSatisfy(\.isEmpty) && row(nil).count == fingerprintColumns.count)
        #expect(FingerprintColumn.all.map(\.name) == fingerprintColumns)
    }

    @Test func `each figure by which kinds are told apart is a column, and reports need none of them`() {
        for figure in MachineFigure.all {
            #expect(ResultColumn.named(figure.column)?.unit == .nanoseconds && figure.factor > 1, "\(figure.column)")
        }
        let columns = ResultColumn.all.filter { fingerprintColumns.contains($0.name) }
        #expect(columns.allSatisfy { $0.roles.isEmpty })
    }

    @Test func `doctor says what was measured, between which CPUs, and what could not be`() throws {
        func texts(_ fingerprint: MachineFingerprint) -> [String: String] {
            FingerprintFindings.all(fingerprint).reduce(into: [:]) { $0[$1.subject] = $1.text }
        }
        let whole = texts(fingerprint())
        #expect(whole["topology"] == "hypervisor kvm, 8 cores, 2 NUMA nodes, data caches 32K/1M/32M")
        #expect(whole["atomic"]?.hasPrefix("4.26 ns for one uncontended addition") == true)
        #expect(whole["atomic"]?.contains("3.1% of the CPU time went to others") == true)
        #expect(
            whole["cache line"]
                == "81.3 ns from one CPU to another, the median of 3 pairs, from 50.0 ns to 120 ns (CPUs 0 and 1; 0 and 4; 1 and 5)"
        )
        #expect(whole["wake-up"] == "1.23 µs on the CPU of the waker (0), 5.68 µs on another (4)")
        let less = texts(fingerprint(hasOneCPU: true))
        #expect(less["cache line"] == "not measured" && less["wake-up"] == "1.23 µs on the CPU of the waker (0)")
    }
}

extension CommandLineSuite.Measuring {
    /// Fingerprints of real runs.
    @Suite struct FingerprintTests {
        private struct Absent: Error {}

        @Test func `a run has the fingerprint of this machine, and the C library of the worker`() throws {
            let run = try Invocation.run("futex", workers: "1", "--rounds", "2", "--output", "x.csv")
            #expect(run.finish().exit == .code(0))
            let rows = try Table(run.folder.text("x.csv")).rows
            let answer = try Invocation(program: Invocation.programs + "/shmworker", ["--version"]).finish().stdout
            let libc = answer.split(separator: "\n").dropFirst().first.map(String.init)
            #expect(libc?.hasPrefix("glibc ") == true)
            for row in rows {
                #expect(row["libc"] == libc && row["atomic_ns"].flatMap { Double($0) } ?? 0 > 0)
                #expect(fingerprintColumns.allSatisfy { row[$0] == rows[0][$0] })
                for name in fingerprintColumns where name.hasSuffix("_ns") {
                    #expect(row[name].flatMap { $0.isEmpty ? nil : Double($0) } ?? 1 > 0, "\(name)")
                }
            }
        }

        @Test func `with one CPU, what needs two is absent`() throws {
            let json = try Invocation(
                program: "/usr/bin/taskset",
                ["-c", "0", Invocation.programs + "/shmbench", "doctor", "--format", "json"]
            ).finish().stdout
            try expectValid(json, "doctor")
            let found = try #require(try JSONNode(json)["fingerprint"]?.members)
            #expect(Set(found.keys) == Set(fingerprintColumns))
            for name in ["line_transfer_ns", "wake_other_cpu_ns", "membarrier_ns"] {
                #expect(found[name] == .null, "\(name)")
            }
            guard case .number(let atomic)? = found["atomic_ns"] else { throw Absent() }
            #expect(atomic > 0)
        }

        @Test(arguments: ["table", "markdown", "csv", "json", "junit", "github", "html"])
        func `doctor shows it in every format`(format: String) throws {
            let outcome = try Invocation(["doctor", "--format", format]).finish()
            #expect(outcome.exit == .code(0))
            for subject in ["atomic", "cache line", "wake-up"] where format != "github" {
                #expect(outcome.stdout.contains(subject), "\(subject)")
            }
        }

        @Test func `a history of before is read, and extended`() throws {
            let folder = try Folder()
            func measure() throws {
                let run = try Invocation.run("futex", workers: "1", "--rounds", "1", "--history", "h.db", in: folder)
                #expect(run.finish().exit == .code(0))
            }
            try measure()
            let queue = try DatabaseQueue(path: folder.path("h.db"))
            try queue.write { database in
                for name in fingerprintColumns { try database.execute(sql: "ALTER TABLE rounds DROP COLUMN \(name)") }
            }
            #expect(
                try Invocation(["history", "h.db", "--metrics", "throughput"], in: folder).finish().exit == .code(0))
            try measure()
            let rows = try queue.read {
                try GRDB.Row.fetchAll($0, sql: "SELECT libc, atomic_ns FROM rounds ORDER BY rowid")
            }
            #expect(rows.count == 2 && rows[0]["libc"] == nil && rows[1]["libc"] != nil && rows[1]["atomic_ns"] != nil)
            let shown = try Invocation(["history", "h.db", "--metrics", "atomic_ns"], in: folder).finish()
            #expect(shown.exit == .code(0), "\(shown.stderr)")
        }
    }
}
