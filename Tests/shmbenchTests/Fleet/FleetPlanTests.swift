import Foundation
import ShmCluster
import ShmRecord
import Testing

@testable import ShmCluster

/// The plan of a fleet: its file, and names that become paths and words of scripts.
@Suite struct FleetPlanTests {
    static func plan(_ tasks: [FleetTask] = FleetPlan.tasks(nodes: ["n1", "n2"], times: 1)) -> FleetPlan {
        FleetPlan(
            .run, ["run", "--scenario", "../../inputs/it's a file.toml", "--seed", "\"7\"\n"], engine: .slurm,
            tasks: tasks,
            expectedRows: 12, timeLimit: 61, at: 1_790_000_000)
    }

    @Test func `a plan is read as it was written`() throws {
        let plan = Self.plan()
        #expect(try FleetPlan(plan.text, path: "fleet.toml") == plan)
        #expect(plan.createdSeconds == 1_790_000_000)
        let open = FleetPlan(
            .stress, ["stress"], engine: .none, tasks: FleetPlan.tasks(count: 3), expectedRows: nil, timeLimit: 1, at: 0
        )
        #expect(try FleetPlan(open.text, path: "x") == open)
        #expect(open.tasks.map(\.name) == ["t1", "t2", "t3"] && open.tasks.allSatisfy { $0.node == nil })
    }

    @Test func `tasks have names of their own`() {
        let tasks = FleetPlan.tasks(nodes: ["n1", "me@host", "me_host", "-x", "../.."], times: 2)
        #expect(Set(tasks.map(\.name)).count == 10)
        #expect(tasks.prefix(2).map(\.name) == ["n1", "n1-2"])
        for task in tasks {
            #expect(task.name.isPlainName && !task.name.hasPrefix("-") && !task.name.hasPrefix("."), "\(task.name)")
        }
    }

    @Test(arguments: [
        ("version = 1", "no key `"), ("version = 2", "expected 1"), ("", "no key `version`"),
        ("version = \"x\"", "version"),
        ("a = = b", ":1:"),
    ])
    func `a file that is no plan is refused in one line`(text: String, words: String) {
        #expect {
            try FleetPlan(text, path: "f/fleet.toml")
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .usage && failure?.message.contains("\n") == false
                && failure?.message.hasPrefix("f/fleet.toml") == true && failure?.message.contains(words) == true
        }
    }

    @Test(arguments: ["../x", ".x", "-x", "a b", "a/b", "", "a\nb", "$(id)"])
    func `a task whose name is no plain name is refused`(name: String) throws {
        let text = try Self.plan([FleetTask(name: name, node: nil)]).text
        #expect(throws: Failure.self) { try FleetPlan(text, path: "x") }
    }

    @Test(arguments: ["-oProxyCommand=x", "a b", "a,b", "a'b", "$(id)", "a\nb", ""])
    func `a node that could be an option or several words is refused`(node: String) throws {
        let text = try Self.plan([FleetTask(name: "x", node: node)]).text
        #expect(throws: Failure.self) { try FleetPlan(text, path: "x") }
        #expect(!NodeName.isSafe(node))
    }

    @Test(arguments: ["n1", "me@host.example", "::1", "[fe80::1%eth0]", "node_7", "ssh://me@host:22"])
    func `names of hosts are taken`(node: String) { #expect(NodeName.isSafe(node)) }

    @Test func `the engine's record is read as it was written`() throws {
        var record = EngineRecord()
        record.job = "12"
        record.isReleased = false
        record.places = [.init(task: "a", folder: "/var/tmp/x", isStarted: true, isFetched: false)]
        let task = FleetTask(name: "a", node: "a")
        record.note(.lost("the \"node\" failed"), of: task)
        record.note(.missing("down"), of: task)
        let again = try EngineRecord(record.text, path: "engine.toml")
        #expect(again == record && again.note(of: task) == .missing("down"))
        #expect(throws: Failure.self) {
            try EngineRecord("version = 1\njob = \"1; rm\"\nplaces = []\nnotes = []\n", path: "x")
        }
    }
}
