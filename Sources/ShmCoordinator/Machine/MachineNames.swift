internal import CBench
internal import ShmCore

/// What the machine says of itself, beside ``Machine``: what a comparison of machines tells apart without measuring. A name
/// is `nil` where the machine does not say it.
package struct MachineNames: Sendable, Equatable {
    /// The hypervisor in one word; `none` on bare metal.
    package let hypervisor: String?
    /// Number of NUMA nodes.
    package let nodes: Int?
    /// Number of cores whose hardware threads this process may use.
    package let cores: Int?
    /// Sizes of the data caches of the first CPU by level, such as `32K/1M/32M`.
    package let caches: String?

    /// The names, as they are.
    package init(hypervisor: String?, nodes: Int?, cores: Int?, caches: String?) {
        (self.hypervisor, self.nodes, self.cores, self.caches) = (hypervisor, nodes, cores, caches)
    }

    /// Reads them.
    ///
    /// - Parameters:
    ///   - cpus: the CPUs that this process may use.
    ///   - root: the folder in which /sys and /proc are, for tests.
    init(cpus: [Int], root: String = "") {
        func line(_ path: String) -> String? {
            (try? SmallFile.read(root + path)).flatMap { $0.split(separator: "\n").first.map(String.init) }
        }
        func line(_ cpu: Int, _ path: String) -> String? { line("/sys/devices/system/cpu/cpu\(cpu)/\(path)") }
        let siblings = cpus.compactMap { line($0, "topology/thread_siblings_list") }
        self.init(
            hypervisor: Hypervisor.name(root: root),
            nodes: line("/sys/devices/system/node/online").flatMap(Self.count),
            cores: siblings.isEmpty || siblings.count < cpus.count ? nil : Set(siblings).count,
            caches: cpus.first.flatMap { cpu in
                Self.caches { index, file in line(cpu, "cache/index\(index)/\(file)") }
            })
    }

    /// The number of members of a list such as `0-3,8`.
    static func count(_ list: String) -> Int? {
        var count = 0
        for part in list.split(separator: ",") {
            let ends = part.split(separator: "-").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
                return nil
            }
            count += last - first + 1
        }
        return count == 0 ? nil : count
    }

    private static func caches(_ file: (Int, String) -> String?) -> String? {
        var sizes: [(level: Int, size: String)] = []
        for index in 0..<16 {
            guard let level = file(index, "level").flatMap({ Int($0) }), let type = file(index, "type") else { break }
            if type != "Instruction", let size = file(index, "size").flatMap(Self.size) { sizes.append((level, size)) }
        }
        return sizes.isEmpty ? nil : sizes.sorted { $0.level < $1.level }.map(\.size).joined(separator: "/")
    }

    /// `32768K` as `32M`.
    static func size(_ text: String) -> String? {
        guard text.hasSuffix("K"), let kibibytes = Int(text.dropLast()), kibibytes > 0 else { return nil }
        return kibibytes % 1024 == 0 ? "\(kibibytes / 1024)M" : "\(kibibytes)K"
    }
}
