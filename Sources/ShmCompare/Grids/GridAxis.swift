internal import ShmCoordinator
package import ShmRecord

/// A parameter that has several values in the loads of a grid.
package struct GridAxis {
    /// A value of the parameter.
    package struct Position: Equatable {
        /// The value in a program's notation, by which loads are found.
        fileprivate let text: String
        /// The value for people, in the notation of options.
        package let shown: String
        /// The number; `nil` for a word, and for a notation of several numbers.
        fileprivate let number: Double?
    }

    package let parameter: Parameter
    /// Numbers ascending, then words.
    package let positions: [Position]

    /// The name of the parameter.
    package var title: String { parameter.title }

    /// Whether the positions are numbers, so that a range of them has a meaning.
    package var isOrdered: Bool { positions.allSatisfy { $0.number != nil } }

    /// `nil` if the loads agree in the parameter.
    init?(_ parameter: Parameter, _ loads: [Load]) {
        let all = loads.map { load in
            let text = parameter.text(load)
            return Position(text: text, shown: parameter.shown(load), number: Double(text))
        }
        let distinct = Dictionary(all.map { ($0.text, $0) }) { first, _ in first }.values
        guard distinct.count > 1 else { return nil }
        self.parameter = parameter
        positions = distinct.sorted { left, right in
            (left.number ?? .infinity, left.text) < (right.number ?? .infinity, right.text)
        }
    }

    /// The index of a load's value among the positions.
    func index(of load: Load) -> Int? {
        let text = parameter.text(load)
        return positions.firstIndex { $0.text == text }
    }

    /// A value in a title: `2 workers`, `think 1us`.
    package func phrase(_ index: Int) -> String {
        let shown = positions[index].shown
        if parameter.column == Parameter.workers.column { return counted(Int(shown) ?? 0, "worker") }
        return "\(title) \(shown)"
    }
}
