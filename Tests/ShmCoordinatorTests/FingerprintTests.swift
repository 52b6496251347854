import Foundation
import Testing

@testable import ShmCoordinator

@Suite(.timeLimit(.minutes(10))) struct FingerprintTests {
    /// A folder with planted files of /sys and /proc, which is removed with it.
    private final class Root {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("root-\(UUID())").path

        init(_ files: [String: String]) throws {
            for (name, text) in files {
                let url = URL(fileURLWithPath: path + name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: url, atomically: false, encoding: .utf8)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    // MARK: Names

    @Test func `cores, nodes and caches are those of the kernel's description`() throws {
        var files = ["/sys/devices/system/node/online": "0-1,4\n"]
        for cpu in 0..<4 {
            let folder = "/sys/devices/system/cpu/cpu\(cpu)"
            files["\(folder)/topology/thread_siblings_list"] = cpu % 2 == 0 ? "0,2\n" : "1,3\n"
            let caches = [
                ("1", "Data", "48K"), ("1", "Instruction", "32K"), ("2", "Unified", "1280K"),
                ("3", "Unified", "32768K"),
            ]
            for (index, cache) in caches.enumerated() {
                for (name, value) in [("level", cache.0), ("type", cache.1), ("size", cache.2)] {
                    files["\(folder)/cache/index\(index)/\(name)"] = value + "\n"
                }
            }
        }
        let root = try Root(files)
        let names = MachineNames(cpus: [0, 1, 2, 3], root: root.path)
        #expect(names.cores == 2 && names.nodes == 3 && names.caches == "48K/1280K/32M")
        #expect(MachineNames(cpus: [0, 2], root: root.path).cores == 1)
    }

    @Test func `what the machine does not say is absent`() throws {
        let root = try Root(["/sys/devices/system/node/online": "what\n"])
        #expect(
            MachineNames(cpus: [0, 1], root: root.path)
                == MachineNames(hypervisor: nil, nodes: nil, cores: nil, caches: nil))
        #expect(MachineNames.count("3") == 1 && MachineNames.count("0-127") == 128)
        #expect(MachineNames.count("") == nil && MachineNames.count("5-2") == nil && MachineNames.count("1-2-3") == nil)
        #expect(
            MachineNames.size("512K") == "512K" && MachineNames.size("2048K") == "2M" && MachineNames.size("x") == nil)
    }

    /// The registers of a leaf with a signature.
    private func leaf(_ signature: String) -> [UInt32] {
        var bytes = Array(signature.utf8)
        bytes += [UInt8](repeating: 0, count: 12 - bytes.count)
        return [0]
            + [0, 4, 8].map { start in
                (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
            }
    }

    @Test(arguments: [
        ("KVMKVMKVM", "kvm"), ("VMwareVMware", "vmware"), ("XenVMMXenVMM", "xen"), ("Microsoft Hv", "hyper-v"),
        ("bhyve bhyve ", "bhyve"), (" lrpepyh vr", "parallels"), ("New,\"Thing", "newthing"), ("", "unknown"),
    ])
    func `a hypervisor is known by its signature`(signature: String, name: String) {
        let present: [UInt32] = [0, 0, 1 << 31, 0]
        #expect(Hypervisor.identified { $0 == 1 ? present : $0 == 0x4000_0000 ? leaf(signature) : leaf("") } == name)
        #expect(Hypervisor.identified { $0 == 1 ? [0, 0, 0, 0] : leaf(signature) } == "none")
    }

    @Test func `KVM that calls itself Hyper-V is known by its second signature`() {
        let name = Hypervisor.identified { number in
            switch number {
            case 1: [0, 0, 1 << 31, 0]
            case 0x4000_0000: leaf("Microsoft Hv")
            default: leaf("KVMKVMKVM")
            }
        }
        #expect(name == "kvm")
    }

    @Test func `without CPUID, a hypervisor is known by kernel and firmware`() throws {
        let dmi = "/sys/class/dmi/id"
        let cases: [([String: String], String?)] = [
            (["/sys/hypervisor/type": "xen\n"], "xen"),
            (["/proc/device-tree/hypervisor/compatible": "linux,kvm\0"], "kvm"),
            (["\(dmi)/sys_vendor": "Amazon EC2\n", "\(dmi)/product_name": "m7g.large\n"], "kvm"),
            (["\(dmi)/sys_vendor": "Amazon EC2\n", "\(dmi)/product_name": "m7g.metal\n"], "none"),
            (["\(dmi)/sys_vendor": "Some Maker\n", "\(dmi)/product_name": "Board\n"], nil), ([:], nil),
        ]
        for (files, name) in cases {
            let root = try Root(files)
            #expect(Hypervisor.described(root.path) == name, "\(files)")
        }
    }

    // MARK: Figures

    @Test func `the pairs of CPUs are bounded, distinct and always the same`() {
        func pairs(_ count: Int) -> [[Int]] { LineTransfers.chosen(of: Array(0..<count)).map { [$0.0, $0.1] } }
        #expect(pairs(0) == [] && pairs(1) == [] && pairs(2) == [[0, 1]] && pairs(4).count == 6)
        for count in [5, 6, 8, 63, 64, 256, 1024] {
            let found = pairs(count)
            #expect(found.count == 8 && Set(found.map { Set($0) }).count == 8, "\(count): \(found)")
            #expect(found.allSatisfy { $0[0] != $0[1] && (0..<count).contains($0[1]) }, "\(count): \(found)")
            #expect(found == pairs(count))
        }
        // Neighbours as well as CPUs that are far apart.
        let distances = Set(pairs(64).map { $0[1] - $0[0] })
        #expect(distances.count >= 5 && distances.contains(1) && distances.contains { $0 > 40 }, "\(distances)")
    }

    @Test func `a wake-up goes to another core, in the same package if there is one`() {
        func cpu(_ number: Int, _ package: Int, _ core: Int) -> Topology.CPU {
            Topology.CPU(number: number, package: package, core: core)
        }
        #expect(MachineFingerprint.other([cpu(0, 0, 0), cpu(1, 0, 0), cpu(2, 1, 0), cpu(3, 0, 1)]) == 3)
        #expect(MachineFingerprint.other([cpu(0, 0, 0), cpu(1, 0, 0), cpu(2, 1, 0)]) == 2)
        #expect(MachineFingerprint.other([cpu(4, 0, 0), cpu(5, 0, 0)]) == 5)
        #expect(MachineFingerprint.other([cpu(4, 0, 0)]) == nil && MachineFingerprint.other([]) == nil)
    }

    @Test func `a CPU that this process may not use has no figure, and is not waited for`() {
        #expect(WakeUps.nanoseconds(from: 1023, to: 1023) == nil)
        #expect(LineTransfers(cpus: [0, 1023]).median == nil)
    }

    @Test func `a thread that never answers ends with the time limit`() {
        let samples = ThreadPair.samples(on: (0, 0), within: 30_000_000) { pair in
            while !pair.isLate { usleep(1000) }
            return [1]
        } reply: { pair in
            while !pair.isOver { usleep(1000) }
        }
        #expect(samples == [1] || samples == [])
    }

    @Test func `figures are positive or absent, and the affinity of the calling thread stays`() throws {
        func affinity() throws -> Substring? {
            try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8).split(separator: "\n").first {
                $0.hasPrefix("Cpus_allowed:")
            }
        }
        let before = try #require(try affinity())
        let fingerprint = MachineFingerprint(libc: "some libc 1")
        #expect(try affinity() == before)
        #expect(fingerprint.libc == "some libc 1" && fingerprint.atomic ?? 0 > 0)
        let figures = [
            fingerprint.lines.median, fingerprint.wakeSameCPU, fingerprint.wakeOtherCPU,
            fingerprint.membarrier.interrupting,
        ]
        #expect(figures.compactMap(\.self).allSatisfy { $0 > 0 && $0 < 1e9 }, "\(figures)")
        if Machine.current.cpus == 1 {
            #expect(fingerprint.lines.pairs == [] && fingerprint.wakeOtherCPU == nil)
        }
    }
}
