import ShmCoordinator
import ShmRecord
import Testing

@testable import ShmCluster

/// What Slurm answers, and what it gets.
@Suite struct SlurmTextTests {
    @Test func `nodes are read with their partitions and obstacles`() throws {
        let nodes = try SlurmNode.all(
            "n1|all*|idle|none\nn2|all*|down*|Not responding\nn3|big|drained|disk | full\nn4|big|mixed|none\n")
        #expect(nodes.map(\.name) == ["n1", "n2", "n3", "n4"])
        #expect(nodes.map(\.isInDefault) == [true, true, false, false])
        #expect(nodes[0].obstacle == nil && nodes[3].obstacle == nil)
        #expect(nodes[1].obstacle == "Slurm says that the node is down, and does not respond (Not responding)")
        #expect(nodes[2].obstacle?.contains("disk | full") == true)
        #expect(try SlurmNodes.partition(nodes, nil).map(\.name) == ["n1", "n2"])
        #expect(try SlurmNodes.partition(nodes, "big").map(\.name) == ["n3", "n4"])
        for name in ["nosuch", ""] { #expect(throws: Failure.self) { try SlurmNodes.partition(nodes, name) } }
        #expect(throws: Failure.self) { try SlurmNodes.partition([], nil) }
        #expect(throws: Failure.self) { try SlurmNodes.partition(nodes.filter { !$0.isInDefault }, nil) }
    }

    @Test(arguments: [
        ("PENDING", "Resources", TaskState.waiting("Resources")), ("PENDING", "None", .waiting("")),
        ("RUNNING", "None", .running),
        ("COMPLETING", "None", .running), ("COMPLETED", "None", .ended), ("FAILED", "NonZeroExitCode", .ended),
        ("CANCELLED", "None", .cancelled("cancelled in Slurm")),
        ("TIMEOUT", "TimeLimit", .cancelled("its time limit was over")),
        ("NODE_FAIL", "NodeDown", .lost("the node failed (NodeDown)")),
    ])
    func `a job's state is that of a task`(state: String, reason: String, expected: TaskState) throws {
        let job = try #require(try SlurmJob.all("3|104|\(state)|n1|\(reason)\n").first)
        #expect(job.index == 3 && job.number == "104" && job.wanted == "n1" && job.taskState == expected)
    }

    @Test func `a reason with separators is one reason`() throws {
        let job = try #require(
            try SlurmJob.all("0|4|PENDING|n1|Nodes required | DOWN, DRAINED or (reserved)\u{1b}[2J").first)
        #expect(job.taskState == .waiting("Nodes required | DOWN, DRAINED or (reserved)?[2J") && job.waitsForNode)
    }

    @Test(arguments: ["slurm 99", "a|b|c|d|e", "1|2|3", "-1|4|RUNNING|n|None", "{\"jobs\": []}"])
    func `an answer of another version is refused in one line that names the command`(answer: String) {
        #expect {
            try SlurmJob.all(answer)
        } throws: { ($0 as? Failure)?.message.contains("squeue --noheader") == true }
        #expect {
            try SlurmNode.all(answer.replacing("|d|e", with: ""))
        } throws: { ($0 as? Failure)?.message.contains("sinfo --noheader") == true }
    }

    @Test func `indices are written as ranges`() {
        #expect(SlurmScript.ranges([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8")
        #expect(SlurmScript.ranges([4]) == "4" && SlurmScript.ranges(Array(0..<1000)) == "0-999")
    }

    @Test func `the script has the options of the plan, and quotes the folder`() throws {
        var options = SlurmOptions()
        (options.licenses, options.partition, options.atOnce) = ("quiet:1", "all", 2)
        let plan = FleetPlanTests.plan()
        let text = SlurmScript(plan, folder: "/tmp/it's $HOME", options, indices: [0, 1]).text
        for line in [
            "#SBATCH --array=0-1%2", "#SBATCH --exclusive", "#SBATCH --no-requeue", "#SBATCH --time=2",
            "#SBATCH --licenses=quiet:1", "#SBATCH --partition=all", "folder='/tmp/it'\\''s $HOME'", "n1", "n2",
        ] { #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)") }
        let check = try ChildProcess("/bin/sh", ["-n", "-c", text])
        #expect(check.awaitExit() == .code(0))
    }
}
