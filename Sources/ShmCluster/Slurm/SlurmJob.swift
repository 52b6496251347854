internal import ShmRecord

/// A task of a job array, as `squeue` says.
struct SlurmJob: Equatable {
    /// The index of the task in the array.
    let index: Int
    /// The number of the task's own job, for `sbcast`.
    let number: String
    /// As in `RUNNING`.
    let state: String
    /// The nodes that it is bound to; empty if to none.
    let wanted: String
    let reason: String

    /// `%K` index, `%A` job, `%T` state, `%n` requested nodes, `%r` reason, which is last. No name has the separator.
    static let format = "%K|%A|%T|%n|%r"
    private static let command = "squeue --noheader --array --states=all --format='\(format)'"

    static func arguments(_ job: String) -> [String] {
        ["--noheader", "--array", "--states=all", "--jobs=\(job)", "--format=\(format)"]
    }

    /// Reads the answer of `squeue`.
    static func all(_ answer: String) throws -> [SlurmJob] {
        try answer.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }.map { line in
            let words = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false).map(\.trimmingBlanks)
            guard words.count == 5, let index = Int(words[0]), index >= 0, Int(words[1]) != nil,
                words[2].first?.isLetter == true
            else { throw SlurmTools.unreadable(line, of: command, expected: "index|job|state|nodes|reason") }
            return SlurmJob(
                index: index, number: words[1], state: words[2], wanted: words[3], reason: PlainWords.of(words[4]))
        }
    }

    /// What the state means for the task.
    var taskState: TaskState {
        let why = ["", "None"].contains(reason) ? "" : " (\(reason))"
        return switch state {
        case "PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT":
            .waiting(["None", "(null)"].contains(reason) ? "" : reason)
        case "COMPLETED", "FAILED": .ended
        case "CANCELLED", "REVOKED": .cancelled("cancelled in Slurm")
        case "TIMEOUT", "DEADLINE": .cancelled("its time limit was over")
        case "PREEMPTED": .cancelled("preempted by another job")
        case "NODE_FAIL", "BOOT_FAIL": .lost("the node failed\(why)")
        case "OUT_OF_MEMORY": .lost("the job was out of memory\(why)")
        default: .running
        }
    }

    /// Whether it waits for a node that may be down.
    var waitsForNode: Bool {
        guard case .waiting = taskState else { return false }
        return ["ReqNodeNotAvail", "DOWN", "DRAINED", "NodeDown", "Nodes_required", "BadConstraints"].contains(
            where: reason.contains)
    }
}
