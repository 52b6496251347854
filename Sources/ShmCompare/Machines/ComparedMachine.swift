package import ShmCoordinator
internal import ShmRecord

/// A machine among others of a document; with an axis, a machine with one value of it.
package struct ComparedMachine {
    /// The name, which no other machine of the document has.
    package let name: String
    package let rounds: MachineRounds
    /// The value of the axis; empty without an axis, or if the rounds do not have it.
    let value: String
    private let cells: [Load: [CellSummary]]
    private let places: [Load: [String: Int]]
    /// The values of each column that describes the machine.
    private let traits: [String: String]

    /// The columns that describe a machine. Files of older versions lack some.
    private static let columns = ["hostname", "cpu_model", "cpus", "hypervisor", "kernel", "libc", "tool_version"]

    package static func all(_ rounds: [MachineRounds], axis: MachineAxis? = nil) -> [ComparedMachine] {
        let values = rounds.map { rounds in axis.flatMap { rounds.values($0.column).first } ?? "" }
        let names = names(rounds, values)
        return rounds.indices.map { ComparedMachine(names[$0], rounds[$0], values[$0]) }
    }

    private init(_ name: String, _ rounds: MachineRounds, _ value: String) {
        (self.name, self.rounds, self.value) = (name, rounds, value)
        traits = Dictionary(
            uniqueKeysWithValues: Self.columns.map { column in
                (column, rounds.values(column).sorted().joined(separator: " + "))
            })
        cells = Dictionary(grouping: rounds.summaries, by: \.load)
        places = cells.mapValues { cells in
            Dictionary(cells.enumerated().map { ($1.lock, $0) }) { first, _ in first }
        }
    }

    /// The index of its kind in ``MachineKinds/kinds``.
    package func kind(in kinds: MachineKinds) -> Int? {
        rounds.summaries.first?.records.first.flatMap(kinds.kind)
    }

    package func summary(_ lock: String, _ load: Load) -> CellSummary? {
        places[load]?[lock].flatMap { cells[load]?[$0] }
    }

    /// What was measured under a load.
    package func summaries(_ load: Load) -> [CellSummary] { cells[load] ?? [] }

    /// What identifies the machine under every value of an axis.
    func identity(without axis: MachineAxis) -> [String] {
        ["hostname", "cpu_model", "cpus"].filter { $0 != axis.column }.map(trait)
    }

    /// The values of a column that describes the machine, several of them in an order that does not depend on that of the
    /// rounds.
    package func trait(_ column: String) -> String { traits[column] ?? "" }

    /// The names of hosts, with more about those that have one name.
    private static func names(_ rounds: [MachineRounds], _ values: [String]) -> [String] {
        var names = rounds.map(\.hostname)
        let longer: [(Int) -> String] = [
            { values[$0].isEmpty ? names[$0] : "\(rounds[$0].hostname), \(values[$0])" }, { rounds[$0].title },
        ]
        for name in longer {
            let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
            names = names.indices.map { counts[names[$0], default: 1] > 1 ? name($0) : names[$0] }
        }
        // Two machines can agree in all of that with characters that are not shown.
        var seen: [String: Int] = [:]
        return names.map { name in
            seen[name, default: 0] += 1
            return seen[name].map { $0 > 1 ? "\(name) #\($0)" : name } ?? name
        }
    }
}
