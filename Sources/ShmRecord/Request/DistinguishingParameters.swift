package import ShmCoordinator

extension Parameter {
    /// The parameters that tell loads apart in a short name, which has scenario, number of workers and rate.
    package static func distinguishing(_ loads: [Load]) -> [Parameter] {
        let named = [scenario, workers, rate].map(\.column)
        let keys = different(loads).filter { !named.contains($0.column) }.map(\.key)
        // The parameter whose option sets a derived one shows its value, too.
        return all.filter { !$0.isDerived && keys.contains($0.key) }
    }
}

extension Load {
    /// The values of parameters after a name: `, critical section 1µs, in bursts of 16`.
    package func suffix(_ parameters: [Parameter]) -> String {
        let hasArrivals = parameters.contains { $0.column == Parameter.arrivals.column }
        return parameters.compactMap { parameter in
            switch parameter.column {
            case Parameter.arrivals.column: arrivalPhrase
            case Parameter.burst.column where hasArrivals: nil
            default: parameter.phrase?(self) ?? "\(parameter.title) \(parameter.shown(self))"
            }
        }.map { ", \($0)" }.joined()
    }
}
