internal import ShmRecord

/// What an engine remembers of a submitted fleet: the content of `engine.toml`, which is replaced as things happen.
package struct EngineRecord: Codable, Equatable, Sendable {
    /// The version of the file, and its name in the fleet folder.
    static let version = 1
    static let name = "engine.toml"

    /// A task on another machine.
    package struct Place: Codable, Equatable, Sendable {
        let task: String
        /// The folder on that machine.
        let folder: String
        /// Whether the task was started there.
        var isStarted: Bool
        /// Whether the results are here, and nothing is left there.
        var isFetched: Bool

        private enum CodingKeys: String, CodingKey {
            case task, folder
            case isStarted = "is_started"
            case isFetched = "is_fetched"
        }
    }

    /// Why a task has no results, as it was found once.
    package struct Note: Codable, Equatable, Sendable {
        let task: String
        /// The name of a ``TaskState`` that is over.
        let state: String
        let reason: String
    }

    var version = Self.version
    /// Slurm: the number of the job array.
    package var job: String?
    /// Slurm: whether its tasks were bound to their nodes and released.
    var isReleased: Bool?
    /// Slurm: whether nodes were seen to lack the fleet folder, so that programs go to them, and results come back.
    var isApart: Bool?
    /// Slurm: the partition and the account that were asked for.
    var partition: String?
    var account: String?
    /// ssh: the most tasks that run at once; absent for no limit.
    var atOnce: Int?
    var places: [Place] = []
    var notes: [Note] = []

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case version, job, partition, account, places, notes
        case isReleased = "is_released"
        case isApart = "is_apart"
        case atOnce = "at_once"
    }

    /// Reads a record.
    ///
    /// - Parameter path: the file's name in messages.
    init(_ text: String, path: String) throws {
        self = try TOMLText.decoded(EngineRecord.self, text, path: path, version: Self.version)
        if let job, job.isEmpty || !job.allSatisfy({ $0.isASCII && $0.isNumber }) {
            throw Failure(
                "\(path): \(Failure.invalid(job, for: "job", expected: "the number of a job").message)", code: .usage)
        }
    }

    var text: String { get throws { try TOMLText.encoded(self, what: "the state of the engine") } }

    /// What was noted of a task.
    func note(of task: FleetTask) -> TaskState? {
        guard let note = notes.last(where: { $0.task == task.name }) else { return nil }
        return switch note.state {
        case "missing": .missing(note.reason)
        case "cancelled": .cancelled(note.reason)
        case "lost": .lost(note.reason)
        default: nil
        }
    }

    /// Notes the state of a task that is over, in place of what was noted before.
    mutating func note(_ state: TaskState, of task: FleetTask) {
        notes.removeAll { $0.task == task.name }
        notes.append(Note(task: task.name, state: state.name, reason: state.reason))
    }
}
