import Foundation
import ShmCoordinator
import TestSupport
import Testing

@testable import shmbench

/// Findings of `doctor` on other machines.
@Suite(.timeLimit(.minutes(10))) struct DoctorFindingTests {
    private static let clock = ClockCalibration()
    private static let membarrier = MembarrierCost()

    /// Findings about the CPUs of a machine that describes itself in these files.
    private func findings(_ files: [String: String]) throws -> [String: MachineFinding] {
        let folder = try Folder()
        for (path, text) in files {
            let url = URL(fileURLWithPath: folder.path + path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
        let system = SystemFiles(root: folder.path)
        let all =
            CPUFindings.all(system, machine: .current, clock: Self.clock)
            + LimitFindings.all(system, membarrier: Self.membarrier)
        return Dictionary(all.map { ($0.subject, $0) }) { first, _ in first }
    }

    @Test func `a machine that says nothing about itself gets no invented trouble`() throws {
        let found = try findings([:])
        for absent in ["CPU limit", "SMT", "boost", "load", "NUMA", "kernel's clock"] {
            #expect(found[absent] == nil, "\(absent)")
        }
        #expect(found["frequency"]?.weight == .note)
        #expect(found["virtual machine"]?.weight == .ok)
    }

    @Test func `a cgroup's share of CPU time is a warning, none is not`() throws {
        let limited = try findings([
            "/proc/self/cgroup": "0::/box\n", "/sys/fs/cgroup/box/cpu.max": "150000 100000\n",
        ])
        #expect(limited["CPU limit"]?.weight == .warning)
        #expect(limited["CPU limit"]?.text.contains("1.50 CPUs") == true)
        let free = try findings([
            "/proc/self/cgroup": "0::/box\n", "/sys/fs/cgroup/box/cpu.max": "max 100000\n",
        ])
        #expect(free["CPU limit"]?.weight == .ok)
        let first = try findings([
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ])
        #expect(first["CPU limit"]?.text.contains("0.50 CPUs") == true)
    }

    @Test func `frequency scaling, boost and SMT are reported with advice`() throws {
        let cpu = "/sys/devices/system/cpu"
        let laptop = try findings([
            "\(cpu)/cpu0/cpufreq/scaling_governor": "powersave\n", "\(cpu)/cpufreq/boost": "1\n",
            "\(cpu)/smt/active": "1\n",
        ])
        #expect(laptop["frequency"]?.weight == .warning)
        #expect(laptop["frequency"]?.advice.contains("performance") == true)
        #expect(laptop["boost"]?.weight == .note && laptop["SMT"]?.weight == .note)
        let tuned = try findings([
            "\(cpu)/cpu0/cpufreq/scaling_governor": "performance\n",
            "\(cpu)/intel_pstate/no_turbo": "1\n", "\(cpu)/smt/active": "0\n",
        ])
        for subject in ["frequency", "boost", "SMT"] {
            #expect(tuned[subject]?.weight == .ok, "\(subject)")
        }
    }

    @Test func `stolen time on a virtual machine is a warning from one percent on`() throws {
        func machine(stolen: Int) throws -> MachineFinding? {
            try findings([
                "/proc/cpuinfo": "processor : 0\nflags : fpu hypervisor sse\n",
                "/proc/stat": "cpu  100 0 100 \(800 - stolen) 0 0 0 \(stolen) 0 0\n",
            ])["virtual machine"]
        }
        #expect(try machine(stolen: 0)?.weight == .note)
        #expect(try machine(stolen: 50)?.weight == .warning)
        #expect(try machine(stolen: 50)?.text.contains("5.00%") == true)
    }

    @Test func `a busy machine, a slow clock source, nodes and used-up semaphores are reported`() throws {
        let found = try findings([
            "/proc/self/cgroup": "0::/box\n", "/sys/fs/cgroup/box/pids.max": "500\n",
            "/sys/fs/cgroup/box/pids.current": "30\n", "/proc/loadavg": "64.00 3.00 2.00 1/100 1\n",
            "/sys/devices/system/clocksource/clocksource0/current_clocksource": "hpet\n",
            "/sys/devices/system/node/online": "0-1\n", "/proc/sys/kernel/sem": "32000 1024000000 500 2\n",
            "/proc/sysvipc/sem": "key semid\n1 1\n2 2\n",
        ])
        #expect(found["load"]?.weight == .warning)
        #expect(found["kernel's clock"]?.weight == .warning)
        #expect(found["cgroup's processes"]?.text == "470 more of at most 500")
        #expect(found["NUMA"]?.weight == .note)
        #expect(found["System V semaphores"]?.weight == .warning)
    }

    @Test func `the cost of a memory barrier is reported, and what a refusal means`() {
        let works = MachineFinding.membarrier(MembarrierCost(obstacle: nil, alone: 410, interrupting: 52_300))
        #expect(works.weight == .ok)
        #expect(works.text == "a barrier takes 410 ns, 52.3 µs if it interrupts another CPU")
        let oneCPU = MachineFinding.membarrier(MembarrierCost(obstacle: nil, alone: 410, interrupting: nil))
        #expect(oneCPU.text == "a barrier takes 410 ns")
        let refused = MachineFinding.membarrier(
            MembarrierCost(obstacle: "membarrier(2) is refused", alone: nil, interrupting: nil))
        #expect(refused.weight == .note && refused.text == "membarrier(2) is refused")
        for part in ["robust-futex works", "price", "seccomp profile", "Linux 4.16"] {
            #expect(refused.advice.contains(part), "\(part)")
        }
    }

    @Test(.enabled(if: membarrier.obstacle == nil, "needs membarrier(2)"))
    func `the cost of a memory barrier is measured where it is supported`() throws {
        #expect(try #require(Self.membarrier.alone) > 0)
        if Machine.current.cpus == 1 { return #expect(Self.membarrier.interrupting == nil) }
        // Other tests may keep the other CPU busy.
        #expect(eventually(within: .seconds(30)) { MembarrierCost().interrupting ?? 0 > 0 })
    }

    @Test func `troubles are counted in words below the list`() {
        let good = MachineFinding("x", .ok, "fine", advice: "never shown")
        let bad = MachineFinding("why", .warning, "bad", advice: "mend it")
        #expect(Doctor.text([good]).contains("No problem found."))
        #expect(!Doctor.text([good]).contains("never shown"))
        #expect(Doctor.text([good, bad]).contains("1 problem makes figures unreliable"))
        #expect(Doctor.text([bad, bad]).contains("2 problems make figures unreliable"))
        #expect(Doctor.text([bad]).contains("→ mend it"))
    }
}

extension CommandLineSuite.Inputs {
    @Suite struct DoctorTests {
        @Test func `it looks at this machine in every format, and changes nothing`() throws {
            let table = try Invocation(["doctor"])
            let outcome = table.finish()
            #expect(outcome.exit == .code(0) && outcome.stderr == "")
            for subject in ["CPUs", "clock", "/dev/shm", "processes", "seccomp", "membarrier", "locks"] {
                #expect(outcome.stdout.contains(subject), "\(subject)")
            }
            #expect(table.folder.names == [])
            let csv = try Table(try Invocation(["doctor", "--format", "csv"]).finish().stdout)
            #expect(csv.columns == ["schema", "weight", "subject", "finding", "advice"])
            #expect(csv.rows.contains { $0["subject"] == "clock" })
            let json = try Invocation(["doctor", "--format", "json"]).finish().stdout
            let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect((parsed?["rows"] as? [Any])?.count == csv.rows.count)
            #expect(try Invocation(["doctor", "--format", "markdown"]).finish().stdout.contains("| clock "))
        }

        @Test func `strict fails where figures would mislead, and names why`() throws {
            #expect(
                CPUFindings.doubt([
                    MachineFinding("x", .ok, ""), MachineFinding("y", .note, ""), MachineFinding("z", .obstacle, ""),
                ]) == nil)
            #expect(
                CPUFindings.doubt([MachineFinding("load", .warning, ""), MachineFinding("clock", .warning, "")])
                    == "load, clock")
            let outcome = try Invocation(["doctor", "--strict"]).finish()
            let doubt = "shmbench: figures measured here would mislead: "
            #expect(outcome.exit == .code(outcome.stderr.hasPrefix(doubt) ? 1 : 0))
            // The same machine gets the same advice from a run, in one line.
            let run = try Invocation.run("futex", workers: "1").finish()
            let lines = run.stderr.split(separator: "\n").filter { $0.contains("see `shmbench doctor`") }
            #expect(run.exit == .code(0) && lines.count <= 1)
            #expect(try Invocation(["doctor"]).finish().exit == .code(0))
        }

        @Test func `limits of the process are seen`() throws {
            let arguments = [
                "-c", "ulimit -n 500; exec \"$@\"", "sh", Invocation.programs + "/shmbench", "doctor", "--format",
                "csv",
            ]
            let rows = try Table(try Invocation(program: "/bin/sh", arguments).finish().stdout).rows
            let found = try #require(rows.first { $0["subject"] == "descriptors" })
            #expect(found["weight"] == "note" && found["finding"] == "at most 500")
        }
    }
}
