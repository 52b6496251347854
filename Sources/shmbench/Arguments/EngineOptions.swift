internal import ArgumentParser
internal import ShmCluster
internal import ShmRecord

/// Which machines a fleet has, and what starts the command there.
struct EngineOptions: ParsableArguments {
    @Option(
        "--engine", .startingEngine, valueName: "engine",
        "What starts the tasks: \(Notation<EngineName>.startingEngine.expected). (default: slurm, or ssh with --hosts)")
    var engine: EngineName?

    @Option(
        "--hosts", .list(of: "hosts that ssh knows"), valueName: "a,b",
        "Hosts of ssh, separated by commas, as in host, user@host or an alias of ~/.ssh/config. (default: none)")
    var hosts: CommaList?

    @Option(
        "--nodes", .slurmWord(as: "n1,n[3-5]"), valueName: "nodes",
        "Nodes of Slurm, as in n1,n[3-5]. (default: all of the partition)")
    var nodes: String?

    @Option(
        "--partition", .slurmWord(as: "batch"), valueName: "name", "Partition of Slurm. (default: that of the cluster)")
    var partition: String?

    @Option(
        "--licenses", .slurmWord(as: "quiet:1"), valueName: "list",
        "Licenses that each task of Slurm takes, as in quiet:1. (default: none)")
    var licenses: String?

    @Option(
        "--constraint", .slurmWord(as: "zen4"), valueName: "features",
        "Features that nodes of Slurm must have, as in zen4. (default: none)")
    var constraint: String?

    @Option(
        "--account", .slurmWord(as: "bench"), valueName: "name", "Account that Slurm charges. (default: the user's)")
    var account: String?

    @Option(
        "--repeat", .count(1...1000), valueName: "n", "Number of tasks on each node, one after the other.")
    var `repeat` = 1

    @Option(
        "--at-once", .count(1...100_000), valueName: "n",
        "Maximum number of tasks that run at once. (default: one on each node)")
    var atOnce: Int?

    /// Refuses options of another engine.
    func check() throws {
        if engine == .slurm && hosts != nil {
            throw Failure.conflict("--engine slurm", "--hosts", "name the nodes with --nodes, or use --engine ssh")
        }
        if engine == .ssh && hosts == nil {
            throw Failure.missing("--hosts", for: "--engine ssh", "name them, as in `--hosts a,b`")
        }
        let ofSlurm = [
            ("--nodes", nodes), ("--partition", partition), ("--licenses", licenses), ("--constraint", constraint),
            ("--account", account),
        ]
        if chosen == .ssh, let option = ofSlurm.first(where: { $0.1 != nil }) {
            throw Failure.conflict(option.0, "--engine ssh", "leave out \(option.0), which is for Slurm")
        }
        if let odd = hosts?.items.first(where: { !NodeName.isSafe($0) }) {
            throw Failure.invalid(odd, for: "--hosts", expected: NodeName.expected)
        }
        if let hosts, hosts.items.uniqued().count < hosts.items.count {
            throw Failure.invalid(
                hosts.items.joined(separator: ","), for: "--hosts", expected: "each host once; use --repeat")
        }
    }

    /// The engine that was asked for, or that follows from the other options.
    var chosen: EngineName { engine ?? (hosts == nil ? .slurm : .ssh) }

    var slurm: SlurmOptions {
        var options = SlurmOptions()
        (options.partition, options.nodes, options.licenses) = (partition, nodes, licenses)
        (options.constraint, options.account, options.atOnce) = (constraint, account, atOnce)
        return options
    }
}

extension Notation<EngineName> {
    /// Engines that this program talks to.
    static let startingEngine = choice([.slurm, .ssh], name: \.rawValue)
}

extension Notation<String> {
    /// A word for Slurm, which becomes part of a script.
    static func slurmWord(as example: String) -> Notation {
        let read: @Sendable (String) -> String? = { text in
            let isPlain = text.unicodeScalars.allSatisfy {
                (33..<127).contains($0.value) && !"\"'\\`$".unicodeScalars.contains($0)
            }
            return isPlain && !text.isEmpty && !text.hasPrefix("-") && text.utf8.count <= 65_536 ? text : nil
        }
        return Notation(
            expected: "a word for Slurm without blanks and quotation marks, as in \(example)", kind: .text, read: read,
            parse: read,
            text: { $0 }, value: { .text($0) })
    }
}
