internal import Glibc
internal import ShmCoordinator
internal import ShmRecord
internal import SystemPackage

/// The folder of one fleet: plan, programs, inputs and results.
package struct FleetFolder: Sendable {
    /// Absolute.
    package let path: String

    private static let planName = "fleet.toml"

    /// The folder at a path, which may not exist.
    ///
    /// - Throws: ``Failure`` for a path that the loader of programs or the submission could not take.
    package init(_ path: String) throws {
        let absolute = path.hasPrefix("/") ? path : FileTree.workingFolder + "/" + path
        if absolute.unicodeScalars.contains(where: { $0.value < 32 || $0 == ":" || $0 == ";" }) {
            throw Failure.invalid(
                path, for: "the fleet folder", expected: "a path without colons, semicolons and control characters")
        }
        self.path = absolute
    }

    /// A path in the folder.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Where a task's results are.
    package func results(_ task: FleetTask) -> String { path("results/\(task.name)") }

    /// Whether a path is a folder of a fleet.
    package static func isFleet(_ path: String) -> Bool { unsafe access("\(path)/\(planName)", F_OK) == 0 }

    // MARK: Creating

    /// Creates the folder, which must not exist or be empty.
    package func create() throws {
        if unsafe mkdir(path, 0o777) != 0 {
            if errno != EEXIST {
                throw Failure(
                    "cannot create the fleet folder \(path): \(Errno(rawValue: errno)); name another with --folder")
            }
            if FleetFolder.isFleet(path) {
                throw Failure(
                    "\(path) is the folder of another fleet: name another with --folder, or go on with `shmbench fleet resume`",
                    code: .usage)
            }
            if try !FileTree.names(in: path).isEmpty {
                throw Failure("the fleet folder \(path) is not empty: name another with --folder", code: .usage)
            }
        }
        for name in ["bin", "inputs", "results"] { try FileTree.makeFolder(path(name)) }
    }

    /// Removes the folder that ``create()`` has made.
    package func discard() { FileTree.remove(path) }

    /// Writes the plan and the command of the tasks: with the plan, the folder is complete.
    package func write(_ plan: FleetPlan) throws {
        try FileTree.write(TaskScript(plan).text, to: path("task"), isProgram: true)
        for (name, text) in ExampleFiles.all(plan) { try FileTree.write(text, to: path(name)) }
        try FileTree.replace(path(Self.planName), with: plan.text)
    }

    // MARK: Reading

    /// The plan.
    ///
    /// - Throws: ``Failure`` with the code `usage` if the folder has none.
    package func plan() throws -> FleetPlan {
        let file = path(Self.planName)
        guard unsafe access(file, F_OK) == 0 else {
            throw Failure(
                "\(path) has no \(Self.planName): expected the folder of a fleet, as `shmbench fleet run` makes it",
                code: .usage)
        }
        return try FleetPlan(FileTree.text(file, atMost: 16 << 20), path: file)
    }

    /// What the engine remembers; `nil` if nothing was submitted.
    package func record() throws -> EngineRecord? {
        let file = path(EngineRecord.name)
        guard unsafe access(file, F_OK) == 0 else { return nil }
        return try EngineRecord(FileTree.text(file, atMost: 16 << 20), path: file)
    }

    /// Replaces what the engine remembers.
    package func write(_ record: EngineRecord) throws {
        try FileTree.replace(path(EngineRecord.name), with: record.text)
    }

    /// Keeps other processes from submitting or collecting at the same time, until this process ends.
    package func claim() throws {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 {
            throw Failure("cannot open the fleet folder \(path): \(Errno(rawValue: errno))", code: .usage)
        }
        // Some file systems have no such locks.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            throw Failure("another shmbench works with the fleet \(path): wait for its end, or end it")
        }
    }
}
