/// One run of the command on one node.
package struct FleetTask: Codable, Equatable, Sendable {
    /// The name of its folder in `results`: letters, digits, hyphens, dots and underscores.
    package let name: String
    /// The node as the engine names it: a Slurm node, or a host of ssh; absent where the engine chooses.
    package let node: String?

    package init(name: String, node: String?) {
        self.name = name
        self.node = node
    }

    /// The node, and the task where its name is another; the task where the engine chooses the node.
    package var title: String { node.map { $0 == name ? $0 : "\($0) (\(name))" } ?? name }

    /// The node, for messages; the task where the engine chooses the node.
    package var place: String { node ?? name }
}
