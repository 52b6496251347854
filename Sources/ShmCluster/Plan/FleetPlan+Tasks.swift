internal import ShmRecord

/// Names of tasks that are no other task's, and need no quoting in a path.
extension FleetPlan {
    /// A task on each node, several times; the second on `n1` is `n1-2`.
    package static func tasks(nodes: [String], times: Int) -> [FleetTask] {
        var taken: Set<String> = []
        return nodes.flatMap { node in
            (1...max(1, times)).map { time in
                let name = plain(node) + (time == 1 ? "" : "-\(time)")
                let free =
                    taken.contains(name) ? (2...).lazy.map { "\(name).\($0)" }.first { !taken.contains($0) } : name
                taken.insert(free ?? name)
                return FleetTask(name: free ?? name, node: node)
            }
        }
    }

    /// Tasks whose nodes the engine chooses: `t1`, `t2` and so on.
    package static func tasks(count: Int) -> [FleetTask] {
        (1...max(1, count)).map { FleetTask(name: "t\($0)", node: nil) }
    }

    /// The name of a node as that of a folder, without what a path or a shell gives a meaning.
    private static func plain(_ node: String) -> String {
        let name = String(node.map { "\($0)".isPlainName ? $0 : "_" }.drop { $0 == "." || $0 == "-" })
        return name.isEmpty ? "node" : String(name.prefix(100))
    }
}
