import Foundation
import ShmCoordinator
import TestSupport
import Testing

@testable import ShmCluster

/// The command of each task, run here with a script in place of the program.
@Suite(.timeLimit(.minutes(10))) struct TaskScriptTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// Writes a fleet folder whose program is a script.
    private func start(_ program: String, _ arguments: [String] = ["n1"]) throws -> ChildProcess {
        let fleet = try FleetFolder(folder.path("a fleet's folder"))
        try fleet.create()
        try FileTree.write(
            "#!/bin/sh\n[ \"$1\" = --version ] && { echo shmbench 0.9; exit; }\n\(program)\n",
            to: fleet.path("bin/shmbench"),
            isProgram: true)
        try fleet.write(FleetPlanTests.plan())
        return try ChildProcess("/bin/sh", ["-c", "exec \"$0\" \"$@\" 2>/dev/null", fleet.path("task")] + arguments)
    }

    private func text(_ name: String) -> String { folder.text("a fleet's folder/results/n1/\(name)") }
    private var status: TaskStatus? { TaskStatus(text("status")) }

    @Test func `a task keeps its results, its log and its status`() throws {
        let task = try start("pwd; for word do echo \"[$word]\" >&2; done; printf 'a,b\\n1,2\\n3,4\\n' >rows.csv")
        #expect(task.awaitExit() == .code(0))
        let status = try #require(status)
        #expect(status.hasEnded && status.exit == 0 && status.rows == 2 && status.tool == "0.9")
        #expect(
            status.kernel == Machine.current.kernel && status.host == Machine.current.hostname && !status.bootID.isEmpty
        )
        #expect(try #require(status.started) <= #require(status.ended))
        // The words arrive as they were planned.
        #expect(
            text("log").contains("[../../inputs/it's a file.toml]\n[--seed]\n[\"7\"\n]\n[--output]\n[rows.csv]\n"),
            "\(text("log"))")
        #expect(Folder.names(folder.path("a fleet's folder/results/n1")) == ["log", "rows.csv", "status"])
    }

    @Test func `a failure has its code and its last words`() throws {
        let task = try start("echo 'shmbench: cannot write: No space left on device' >&2; exit 1")
        #expect(task.awaitExit() == .code(1))
        #expect(status?.exit == 1 && status?.rows == 0)
        let fleet = try FleetFolder(folder.path("a fleet's folder"))
        #expect(
            TaskFolder(fleet, try fleet.plan(), FleetTask(name: "n1", node: "n1")).lastWords
                == "cannot write: No space left on device")
    }

    @Test func `a program that cannot start is a failure`() throws {
        let task = try start("exit 0")
        task.awaitExit()
        try FileTree.write("nothing", to: folder.path("a fleet's folder/bin/shmbench"))
        let again = try ChildProcess("/bin/sh", [folder.path("a fleet's folder/task"), "n1"], isMute: true)
        #expect(again.awaitExit() != .code(0))
        #expect(status?.hasEnded == true && status?.exit != 0)
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `a signal is passed on, and the program's code is kept`(signal: Int32) throws {
        let task = try start("trap 'echo got >&2; exit 9' HUP; echo begun >&2; while :; do sleep 0.05; done")
        #expect(eventually { text("log").contains("begun") })
        task.send(signal)
        #expect(task.awaitExit() == .code(9))
        #expect(status?.exit == 9 && text("log").contains("got"))
    }

    @Test(arguments: ["", "../x", "-x", ".x", "a/b"])
    func `a name that cannot be a task's is refused`(name: String) throws {
        #expect(try start("exit 0", [name]).awaitExit() == .code(64))
    }

    @Test(arguments: [
        "", "state=ended\n", "state=other\n", "nonsense", "state=ended\nexit=x\n", "\u{0}\u{1}=\n",
        "state=running\nno sign\n",
    ])
    func `another text is no status`(text: String) { #expect(TaskStatus(text) == nil) }

    @Test func `a hostile status is one line`() throws {
        let status = try #require(
            TaskStatus("state=ended\nexit=3\nhost=a\u{1b}[2Jb\u{202e}\nkernel=\(String(repeating: "k", count: 9999))\n")
        )
        #expect(status.host == "a?[2Jb?" && status.kernel.count == 300 && status.exit == 3)
    }
}
