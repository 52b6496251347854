package import ShmCoordinator

extension Load {
    /// Whether documents list this load before another: by scenario, workers and rate, then by the other parameters.
    package func precedes(_ other: Load) -> Bool {
        for parameter in [.scenario, .workers, .rate] + Parameter.all {
            let (left, right) = (parameter.value(self), parameter.value(other))
            if left == right { continue }
            if left.isText || right.isText { return left.text < right.text }
            return left.number < right.number
        }
        return false
    }
}

extension Value {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }

    /// The number; 0 for the usual value of a parameter, which is empty.
    fileprivate var number: Double {
        switch self {
        case .integer(let number): Double(number)
        case .decimal(let number, _): number
        case .text, .renamed, .boolean, .list, .empty: 0
        }
    }
}
