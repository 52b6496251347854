/// The columns of rounds, and where each is in a row.
final class RoundColumns: Sendable {
    /// Where the cells of a column are.
    struct Place: Sendable {
        let index: Int
        /// The column with the number of samples of a percentile, and how many it needs.
        let samples: (index: Int, needed: Double)?
    }

    let names: [String]
    private let places: [String: Place]

    /// - Parameter names: each once.
    init(_ names: [String]) {
        self.names = names
        let indices = Dictionary(zip(names, names.indices)) { first, _ in first }
        places = Dictionary(
            names.enumerated().map { index, name in
                let samples = Record.samplesColumn(name).flatMap { indices[$0] }
                let needed = Record.samplesNeeded(name).map { Double($0) }
                return (name, Place(index: index, samples: samples.flatMap { at in needed.map { (at, $0) } }))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// `nil` for a column that the rounds do not have.
    subscript(_ name: String) -> Place? { places[name] }

    /// The columns of this version.
    static let all = RoundColumns(ResultColumn.all.map(\.name))
}
