internal import ShmRecord

/// Which nodes a fleet has.
package struct SlurmNodes: Sendable {
    /// The chosen nodes, in Slurm's order.
    package let names: [String]
    /// The nodes that no job will start on, with the reason.
    package let obstacles: [String: String]

    /// Asks Slurm.
    ///
    /// - Throws: ``Failure`` if there is no Slurm, no such partition or no such node.
    package init(_ options: SlurmOptions) throws {
        let tools = try SlurmTools()
        let all = try SlurmNode.all(
            tools.sinfo.call(SlurmNode.arguments, to: "list the nodes of the cluster", isInterruptible: true))
        let nodes = try Self.partition(all, options.partition)
        let known = Dictionary(nodes.map { ($0.name, $0) }) { first, _ in first }
        guard let list = options.nodes else {
            names = nodes.map(\.name).uniqued()
            obstacles = known.compactMapValues(\.obstacle)
            return
        }
        let chosen = try Self.expanded(list, tools.scontrol)
        if let stranger = chosen.first(where: { known[$0] == nil }) {
            throw Failure.invalid(
                stranger, for: "--nodes",
                expected: "nodes of the partition \(nodes[0].partition): \(Self.some(nodes.map(\.name)))")
        }
        names = chosen
        let wanted = Set(chosen)
        obstacles = known.filter { wanted.contains($0.key) }.compactMapValues(\.obstacle)
    }

    /// The nodes of the partition that was asked for.
    static func partition(_ nodes: [SlurmNode], _ name: String?) throws -> [SlurmNode] {
        let partitions = some(nodes.map(\.partition).uniqued())
        if nodes.isEmpty { throw Failure("Slurm has no partition with nodes: see `sinfo`") }
        guard let name else {
            let usual = nodes.filter(\.isInDefault)
            if usual.isEmpty {
                throw Failure("Slurm has no default partition: name one with --partition, \(partitions)", code: .usage)
            }
            return usual
        }
        let found = nodes.filter { $0.partition == name }
        if found.isEmpty {
            throw Failure.invalid(name, for: "--partition", expected: "a partition of Slurm: \(partitions)")
        }
        return found
    }

    /// The nodes of a list, as `n[1-3]`.
    private static func expanded(_ list: String, _ scontrol: ExternalProgram) throws -> [String] {
        if list.isEmpty || list.hasPrefix("-") || list.contains(where: \.isWhitespace) {
            throw Failure.invalid(list, for: "--nodes", expected: "nodes, as in n1,n[3-5]")
        }
        let answer = try scontrol.call(
            ["show", "hostnames", list], to: "expand the list of nodes '\(list)'", isInterruptible: true)
        let names = answer.split(whereSeparator: \.isNewline).map(String.init).uniqued()
        if let odd = names.first(where: { !NodeName.isSafe($0) }) {
            throw SlurmTools.unreadable(odd, of: "scontrol show hostnames", expected: "a node in each line")
        }
        if names.isEmpty { throw Failure.invalid(list, for: "--nodes", expected: "nodes, as in n1,n[3-5]") }
        return names
    }

    /// The first few of a list, in words.
    private static func some(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
