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
    /// Parameters whose values belong to that of ``parameter``: they are no axes of their own.
    private let details: [Parameter]
    /// Numbers ascending, then notations of several numbers and words.
    package let positions: [Position]

    /// The name of the parameter.
    package var title: String { parameter.title }

    /// Whether the positions are numbers, so that a range of them has a meaning.
    package var isOrdered: Bool { positions.allSatisfy { $0.number != nil } }

    /// The axes of loads: the parameters in which they differ, the number of workers last.
    static func all(_ loads: [Load]) -> [GridAxis] {
        let different = Parameter.different(loads)
        let columns = different.map { (detailed($0, different) ?? $0).column }
        let mains = Parameter.all.filter { columns.contains($0.column) }
        func isWorkers(_ parameter: Parameter) -> Bool { parameter.column == Parameter.workers.column }
        return (mains.filter { !isWorkers($0) } + mains.filter(isWorkers)).map { parameter in
            let details = Parameter.all.filter { detailed($0, mains)?.column == parameter.column }
            return GridAxis(parameter, details, loads)
        }
    }

    /// The parameter whose axis has the values of this one; `nil` if this one has an axis of its own. Shares determine
    /// the mean of the critical sections, and only bursts have a size, so the two never vary independently.
    private static func detailed(_ parameter: Parameter, _ axes: [Parameter]) -> Parameter? {
        let main = parameter.column == Parameter.burst.column ? Parameter.arrivals.key : parameter.key
        if parameter.isDerived { return Parameter.all.first { $0.key == main && !$0.isDerived } }
        return main == parameter.key ? nil : axes.first { $0.key == main }
    }

    private init(_ parameter: Parameter, _ details: [Parameter], _ loads: [Load]) {
        self.parameter = parameter
        self.details = details
        let all = loads.map { load in
            let isNumber = details.allSatisfy { $0.text(load) == $0.text(Load()) }
            return Position(
                text: Self.text(load, parameter, details), shown: Self.shown(load, parameter),
                number: isNumber ? Double(parameter.text(load)) : nil)
        }
        positions = Dictionary(all.map { ($0.text, $0) }) { first, _ in first }.values.sorted(by: Self.precedes)
    }

    private static func text(_ load: Load, _ parameter: Parameter, _ details: [Parameter]) -> String {
        ([parameter] + details).map { $0.text(load) }.joined(separator: " ")
    }

    private static func shown(_ load: Load, _ parameter: Parameter) -> String {
        let isBurst = parameter.column == Parameter.arrivals.column && load.burst > 0
        return isBurst ? "bursts of \(load.burst)" : parameter.shown(load)
    }

    /// Numbers come first; the others are in the order of the numbers in them, the mean of shares before the classes.
    private static func precedes(_ left: Position, _ right: Position) -> Bool {
        let (first, second) = (left.number ?? .infinity, right.number ?? .infinity)
        if first != second { return first < second }
        let (numbers, others) = (numbers(left), numbers(right))
        return numbers == others ? left.text < right.text : numbers.lexicographicallyPrecedes(others)
    }

    private static func numbers(_ position: Position) -> [Double] {
        position.text.split { !$0.isNumber }.compactMap { Double($0) }
    }

    /// The index of a load's value among the positions.
    func index(of load: Load) -> Int? {
        let text = Self.text(load, parameter, details)
        return positions.firstIndex { $0.text == text }
    }

    /// A value in a title: `2 workers`, `think 1us`.
    package func phrase(_ index: Int) -> String {
        let shown = positions[index].shown
        if parameter.column == Parameter.workers.column { return counted(Int(shown) ?? 0, "worker") }
        return "\(title) \(shown)"
    }
}
