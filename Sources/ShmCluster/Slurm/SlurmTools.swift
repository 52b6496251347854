internal import ShmRecord

/// The programs of Slurm.
struct SlurmTools {
    private static let remedy =
        "run this on a machine of a Slurm cluster, or use `--engine ssh --hosts a,b`, or `shmbench fleet plan` for another engine"

    /// Lists partitions and nodes; expands lists of nodes; lists jobs.
    let sinfo: ExternalProgram
    let scontrol: ExternalProgram
    let squeue: ExternalProgram

    init() throws {
        // The one that users know by name is missed first.
        _ = try Self.sbatch
        sinfo = try ExternalProgram("sinfo", remedy: Self.remedy)
        scontrol = try ExternalProgram("scontrol", remedy: Self.remedy)
        squeue = try ExternalProgram("squeue", remedy: Self.remedy)
    }

    static var sbatch: ExternalProgram { get throws { try ExternalProgram("sbatch", remedy: remedy) } }
    static var scancel: ExternalProgram { get throws { try ExternalProgram("scancel", remedy: remedy) } }
    static var srun: ExternalProgram { get throws { try ExternalProgram("srun", remedy: remedy) } }
    static var sbcast: ExternalProgram { get throws { try ExternalProgram("sbcast", remedy: remedy) } }

    /// The failure if an answer is not what is documented.
    static func unreadable(_ line: some StringProtocol, of command: String, expected: String) -> Failure {
        Failure(
            "cannot read the answer of `\(command)`: expected \(expected), and not '\(PlainWords.of(line))'; this Slurm may be of another version"
        )
    }
}
