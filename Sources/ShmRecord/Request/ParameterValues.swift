package import ShmCoordinator

/// The values that a user gives for a parameter: one, or a list, each of which is measured.
package struct ParameterValues {
    package let parameter: Parameter
    /// In the user's notation.
    private let texts: [String]
    /// The option or key, for messages.
    private let name: String
    private let isInFile: Bool

    /// - Parameters:
    ///   - texts: at least one, in the user's notation.
    ///   - isInFile: whether a scenario has the values, which names parameters by their keys.
    package init(_ parameter: Parameter, _ texts: [String], isInFile: Bool = false) {
        self.parameter = parameter
        self.texts = texts
        self.isInFile = isInFile
        name = isInFile ? parameter.key : parameter.option
    }

    /// The load with each of the values.
    ///
    /// - Throws: ``Failure`` with the code `usage` if a value is invalid.
    private func loads(_ load: Load) throws -> [Load] {
        try texts.map { text in
            var load = load
            try parameter.set(text, for: name, in: &load, isInFile: isInFile)
            return load
        }
    }

    /// The largest number of combinations. A document with more shows nothing to a reader.
    package static let mostCombinations = 1000

    /// A load for each combination of values, the last parameter varying fastest; each load once.
    ///
    /// - Throws: ``Failure`` with the code `usage` if a value is invalid, or if there are more than ``mostCombinations``.
    package static func combinations(_ all: [ParameterValues]) throws -> [Load] {
        for values in all { _ = try values.loads(Load()) }
        var count = 1
        for values in all {
            let (product, isTooLarge) = count.multipliedReportingOverflow(by: values.texts.count)
            count = isTooLarge ? .max : product
        }
        guard count <= mostCombinations else {
            let lists = all.filter { $0.texts.count > 1 }
            throw Failure(
                "\(lists.map { "\($0.texts.count) values of \($0.name)" }.joined(separator: ", ")) are \(count == .max ? "too many" : "\(count)") combinations: expected at most \(mostCombinations)",
                code: .usage)
        }
        return try all.reduce([Load()]) { loads, values in try loads.flatMap(values.loads) }.uniqued()
    }
}
