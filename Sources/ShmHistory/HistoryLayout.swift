/// The names of a history's columns and keys. The caller describes the results, and passes them.
public struct HistoryLayout: Sendable {
    /// A column that says where a run took place: in each of its rounds, and once in the table of runs.
    public struct Fact: Sendable {
        /// The column's name.
        public let name: String
        /// Whether its values are texts, and not whole numbers.
        public let isText: Bool

        /// Describes a column by its name and the type of its values.
        public init(_ name: String, isText: Bool) {
            self.name = name
            self.isText = isText
        }
    }

    /// Where a run took place.
    public let environment: [Fact]
    /// The columns that identify a round of a cell, including the run's identifier.
    public let round: [String]
    /// The columns that identify a cell of a run.
    public let cell: [String]
    /// Those of a cell that are not measured everywhere, and that older files may lack.
    public let optional: Set<String>

    /// Assigns the columns of results files to the tables of a history.
    public init(environment: [Fact], round: [String], cell: [String], optional: Set<String>) {
        self.environment = environment
        self.round = round
        self.cell = cell
        self.optional = optional
    }

    /// The facts about a run that each of its rounds repeats.
    var runColumns: [String] { ["run_id", "started_at"] + environment.map(\.name) }

    /// The columns that identify a round.
    var roundKey: [String] { round + cell }

    /// Those of them that every file has.
    var required: [String] { roundKey.filter { !optional.contains($0) } }
}
