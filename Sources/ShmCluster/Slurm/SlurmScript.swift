internal import ShmRecord

/// The script that `sbatch` gets: one job array, a task on each node.
package struct SlurmScript {
    private let plan: FleetPlan
    private let folder: String
    private let options: SlurmOptions
    private let indices: [Int]

    /// - Parameters:
    ///   - folder: the fleet folder on this machine.
    ///   - indices: the tasks of the plan that are submitted.
    package init(_ plan: FleetPlan, folder: String, _ options: SlurmOptions, indices: [Int]) {
        (self.plan, self.folder, self.options, self.indices) = (plan, folder, options, indices)
    }

    /// The name of the job, by which it is found again if its number was lost.
    static func jobName(_ plan: FleetPlan) -> String { "shmbench-\(plan.id)" }

    /// The path on a node, without an ending, of what comes there if the node does not see the fleet folder.
    static func place(_ plan: FleetPlan, index: Int) -> String { "/var/tmp/shmbench-\(plan.id)-\(index)" }

    /// The seconds for which a task waits for its programs.
    private static let patience = 120

    /// The text. What Slurm itself writes goes nowhere: a folder that a node does not have would end the job.
    package var text: String {
        let names = plan.tasks.map(\.name).joined(separator: "\n")
        return """
            #!/bin/sh
            \(directives.map { "#SBATCH \($0)" }.joined(separator: "\n"))
            # Each task of the array runs one task of the fleet \(plan.id); `scontrol update` binds it to its node.
            name=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" <<'END'
            \(names)
            END
            )
            folder=\(folder.quotedForShell)
            place=/var/tmp/shmbench-\(plan.id)-$SLURM_ARRAY_TASK_ID
            sees_folder() { [ "$(cat "$folder/id" 2>/dev/null)" = \(plan.id) ]; }

            # Where the node does not see the folder, the submitting machine sends an archive with sbcast, and then a file that
            # says that it is complete.
            waited=0
            until sees_folder || [ -e "$place.ready" ]; do
                [ "$waited" -lt \(Self.patience * 5) ] || exit 1
                waited=$((waited + 1))
                sleep 0.2 || sleep 1
            done
            if ! sees_folder; then
                folder=$place
                (umask 077 && mkdir -p "$folder") && tar -xf "$place.tar" -C "$folder" || exit 1
                rm -f "$place.tar" "$place.ready"
            fi
            cd "$folder" && exec ./task "$name"

            """
    }

    /// The options of `sbatch`. A node that fails ends the task, so that no other node runs it unnoticed.
    private var directives: [String] {
        let most = options.atOnce.map { "%\($0)" } ?? ""
        var lines = [
            "--job-name=\(Self.jobName(plan))", "--array=\(Self.ranges(indices))\(most)", "--nodes=1", "--ntasks=1",
            "--exclusive", "--no-requeue", "--time=\(max(1, (plan.timeLimit + 59) / 60))", "--chdir=/",
            "--output=/dev/null",
        ]
        let named = [
            ("partition", options.partition), ("licenses", options.licenses), ("constraint", options.constraint),
            ("account", options.account),
        ]
        lines += named.compactMap { name, value in value.map { "--\(name)=\(Self.quoted($0))" } }
        return lines
    }

    /// A value as the lines of `#SBATCH` have it.
    private static func quoted(_ value: String) -> String {
        value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.,:@/".contains($0)) }
            ? value : "\"\(value)\""
    }

    /// Indices as Slurm writes them: `0-2,5`.
    static func ranges(_ indices: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for index in indices.sorted() {
            if let last = ranges.last, last.upperBound + 1 == index {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(
            separator: ",")
    }
}
