internal import ShmCoordinator
internal import ShmHarness
internal import ShmRecord
internal import TOMLKit

/// What a fleet is to do: the content of `fleet.toml`, which is written once.
package struct FleetPlan: Codable, Equatable, Sendable {
    /// The version of the file.
    package static let version = 1

    /// The version of the file that was read.
    package let version: Int
    /// What tells this fleet from others: letters and digits.
    package let id: String
    /// ISO 8601, UTC, by the clock of the machine that planned.
    package let createdAt: String
    /// The version of shmbench that planned.
    package let toolVersion: String
    /// What starts the tasks.
    package let engine: EngineName
    package let kind: FleetKind
    /// The command line of each task, without the program: the first word is that of ``kind``.
    package let command: [String]
    package let tasks: [FleetTask]
    /// The rows of each task's results; absent where they depend on the node.
    package let expectedRows: Int?
    /// The time after which a task is ended, in s.
    package let timeLimit: Int

    private enum CodingKeys: String, CodingKey {
        case version, id, engine, kind, command, tasks
        case createdAt = "created_at"
        case toolVersion = "tool_version"
        case expectedRows = "expected_rows"
        case timeLimit = "time_limit_s"
    }

    /// - Parameters:
    ///   - seconds: the time of the plan, epoch.
    ///   - timeLimit: in s.
    package init(
        _ kind: FleetKind, _ command: [String], engine: EngineName, tasks: [FleetTask], expectedRows: Int?,
        timeLimit: Int, at seconds: Int
    ) {
        version = Self.version
        id = Self.newID()
        createdAt = Timestamp.iso8601(seconds)
        toolVersion = ToolVersion.current
        (self.kind, self.command, self.engine, self.tasks) = (kind, command, engine, tasks)
        (self.expectedRows, self.timeLimit) = (expectedRows, timeLimit)
    }

    /// Eight letters and digits: folders on other machines have it in their names.
    private static func newID() -> String {
        let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<8).map { _ in digits[Int.random(in: 0..<digits.count)] })
    }

    /// The false-positive rate of a comparison over all tasks, of which each has an equal share; `nil` for other commands.
    package var falseAlarms: Double? {
        guard let option = command.firstIndex(of: Self.falseAlarmsOption), option + 1 < command.count else {
            return nil
        }
        return Double(command[option + 1]).map { $0 * Double(tasks.count) }
    }

    /// The option by which a task gets its share of the false-positive rate.
    package static let falseAlarmsOption = "--false-alarms"

    /// The time of the plan, epoch s.
    package var createdSeconds: Int? { Timestamp.seconds(iso8601: createdAt) }

    // MARK: The file

    /// The text of `fleet.toml`.
    package var text: String {
        get throws { try TOMLText.encoded(self, what: "the plan of the fleet") }
    }

    /// Reads a plan.
    ///
    /// - Parameter path: the file's name in messages.
    /// - Throws: ``Failure`` with the code `usage` for what is no plan of this version.
    package init(_ text: String, path: String) throws {
        self = try TOMLText.decoded(FleetPlan.self, text, path: path, version: Self.version)
        // The names become paths and words of scripts.
        func invalid(_ value: String, _ key: String, _ expected: String) -> Failure {
            Failure("\(path): \(Failure.invalid(value, for: key, expected: expected).message)", code: .usage)
        }
        if !id.isPlainName || id.count > 64 || id.hasPrefix(".") {
            throw invalid(id, "id", Notation<String>.name.expected)
        }
        if tasks.isEmpty { throw invalid("[]", "tasks", "at least one task") }
        var seen: Set<String> = []
        for task in tasks {
            if !task.name.isPlainName || task.name.hasPrefix(".") || task.name.hasPrefix("-") {
                throw invalid(task.name, "a task's name", Notation<String>.name.expected)
            }
            if !seen.insert(task.name).inserted { throw invalid(task.name, "a task's name", "each name once") }
            if let node = task.node, !NodeName.isSafe(node) { throw invalid(node, "a task's node", NodeName.expected) }
        }
        if command.first != kind.rawValue { throw invalid(command.first ?? "", "command", "\(kind.rawValue) first") }
    }
}
