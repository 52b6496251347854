internal import CBench
internal import ShmCore

/// The hypervisor of a virtual machine, in one word.
enum Hypervisor {
    /// `none` on bare metal; `nil` if the machine does not tell.
    ///
    /// - Parameter root: the folder in which /sys and /proc are, for tests.
    static func name(root: String = "") -> String? {
        #if arch(x86_64)
            if root.isEmpty {
                return identified { number in
                    let leaf = bench_cpuid(number)
                    return [leaf.a, leaf.b, leaf.c, leaf.d]
                }
            }
        #endif
        return described(root)
    }

    /// By CPUID: a bit says that there is one, and the leaf 0x40000000 has its signature.
    ///
    /// - Parameter leaf: the registers a, b, c and d of a leaf.
    static func identified(_ leaf: (UInt32) -> [UInt32]) -> String {
        guard leaf(1)[2] & 1 << 31 != 0 else { return "none" }
        let first = signature(leaf(0x4000_0000))
        // KVM calls itself Hyper-V for guests that expect that, and has its own signature behind.
        let second = first == "Microsoft Hv" ? signature(leaf(0x4000_0100)) : ""
        return named[second] ?? named[first] ?? word(first)
    }

    private static let named = [
        "KVMKVMKVM": "kvm", "Linux KVM Hv": "kvm", "Microsoft Hv": "hyper-v", "VMwareVMware": "vmware",
        "XenVMMXenVMM": "xen", "TCGTCGTCGTCG": "qemu", "VBoxVBoxVBox": "virtualbox", "bhyve bhyve": "bhyve",
        "prl hyperv": "parallels", "lrpepyh vr": "parallels", "ACRNACRNACRN": "acrn",
    ]

    private static func signature(_ leaf: [UInt32]) -> String {
        let bytes = leaf.dropFirst().flatMap { register in
            (0..<4).map { UInt8(truncatingIfNeeded: register >> (8 * $0)) }
        }
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// A signature that is not in the table, without characters that mean something in documents.
    private static func word(_ signature: String) -> String {
        let plain = signature.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return plain.isEmpty ? "unknown" : plain
    }

    /// By what the kernel and the firmware say.
    static func described(_ root: String) -> String? {
        func line(_ path: String) -> String? {
            (try? SmallFile.read(root + path)).flatMap {
                $0.split { $0 == "\n" || $0 == "\0" }.first.map { $0.lowercased() }
            }
        }
        let kernels = [line("/sys/hypervisor/type"), line("/proc/device-tree/hypervisor/compatible")]
        let firmware = ["sys_vendor", "product_name"].map { line("/sys/class/dmi/id/\($0)") }
        if firmware[1]?.hasSuffix(".metal") == true { return "none" }
        let words = [
            ("kvm", "kvm"), ("xen", "xen"), ("vmware", "vmware"), ("virtualbox", "virtualbox"),
            ("parallels", "parallels"),
            ("microsoft corporation", "hyper-v"), ("amazon ec2", "kvm"), ("google", "kvm"), ("qemu", "kvm"),
        ]
        for text in (kernels + firmware).compactMap(\.self) {
            if let found = words.first(where: { text.contains($0.0) }) { return found.1 }
        }
        return nil
    }
}
