package import ShmCoordinator

extension Load {
    /// Whether documents list this load before another: by scenario, workers and rate, then by the other parameters.
    package func precedes(_ other: Load) -> Bool {
        for parameter in Parameter.ordered {
            let (left, right) = (parameter.value(self), parameter.value(other))
            if left == right { continue }
            if left.isText || right.isText { return left.text < right.text }
            // The usual value of a parameter is empty.
            return left.number ?? 0 < right.number ?? 0
        }
        return false
    }
}

extension Parameter {
    /// All parameters in the order in which they order loads.
    package static let ordered: [Parameter] = {
        let first = [scenario, workers, rate]
        return first + all.filter { parameter in !first.contains { $0.column == parameter.column } }
    }()
}

extension Value {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }
}
