import Foundation
import TestSupport

/// A control group of version 1, for the processes of one test; it goes with the last reference.
final class ControlGroup: Sendable {
    let path: String

    /// Whether one with this controller can be made here.
    static func canBeMade(_ controller: String) -> Bool { (try? ControlGroup(controller)) != nil }

    init(_ controller: String, _ settings: [(String, String)] = []) throws {
        path = "/sys/fs/cgroup/\(controller)/shmbench-test-\(UUID().uuidString.prefix(8))"
        // A folder that anybody can make elsewhere, a temporary one for instance, is no group.
        guard unsafe access("/sys/fs/cgroup/\(controller)/cgroup.procs", W_OK) == 0, unsafe mkdir(path, 0o755) == 0
        else {
            throw CocoaError(.fileWriteUnknown)
        }
        for (name, value) in settings { try write(value, name) }
    }

    deinit {
        try? write("THAWED", "freezer.state")
        _ = eventually(within: .seconds(10)) { unsafe rmdir(path) == 0 || errno == ENOENT }
    }

    func write(_ text: String, _ name: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(name)"))
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    func number(_ name: String) -> Int? {
        (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// A command as a member of the group: its process id stays.
    func entering(_ command: [String]) -> [String] {
        ["-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", path] + command
    }
}

extension Invocation {
    /// The tool, in a control group.
    convenience init(_ arguments: [String], member group: ControlGroup, in folder: Folder? = nil) throws {
        try self.init(
            program: "/bin/sh", group.entering([Self.programs + "/shmbench"] + arguments), in: folder)
    }
}
