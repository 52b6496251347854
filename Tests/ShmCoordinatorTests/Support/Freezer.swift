import Foundation
import TestSupport

@testable import ShmCoordinator

/// The freezer of one of the two versions of control groups.
struct Freezer: Sendable, CustomStringConvertible {
    let description: String
    private let folder: String
    private let file: String
    private let frozen: String
    private let thawed: String

    static let all: [Freezer] = [
        Freezer("version 1", "/sys/fs/cgroup/freezer", "freezer.state", ("FROZEN", "THAWED")),
        Freezer("version 2", "/sys/fs/cgroup/unified", "cgroup.freeze", ("1", "0")),
        Freezer("version 2 alone", "/sys/fs/cgroup", "cgroup.freeze", ("1", "0")),
    ].filter(\.works)

    static var canBeUsed: Bool { !all.isEmpty }

    private init(_ description: String, _ folder: String, _ file: String, _ words: (String, String)) {
        self.description = description
        self.folder = folder
        self.file = file
        (frozen, thawed) = words
    }

    /// Whether such a group can be created here, and frozen.
    private var works: Bool {
        guard let group = try? make(named: "shmbench-probe-\(getpid())") else { return false }
        defer { group.remove() }
        return FileManager.default.isWritableFile(atPath: group.path + "/" + file)
    }

    func make(named name: String) throws -> Group {
        let path = "\(folder)/\(name)"
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw CocoaError(.fileWriteUnknown) }
        return Group(path: path, freezer: self)
    }

    /// A control group, which its creator removes.
    struct Group: Sendable {
        let path: String
        fileprivate let freezer: Freezer

        func add(_ process: pid_t) throws { try write("\(process)", "cgroup.procs") }
        func freeze() throws { try write(freezer.frozen, freezer.file) }
        func thaw() throws { try write(freezer.thawed, freezer.file) }

        /// Thaws the group, and waits until its processes have left.
        func remove() {
            try? thaw()
            _ = eventually(within: .seconds(10)) { unsafe rmdir(path) == 0 || errno == ENOENT }
        }

        private func write(_ text: String, _ name: String) throws {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(name)"))
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        }
    }
}
