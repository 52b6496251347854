package import ShmHarness

extension Arrivals.Spacing {
    /// By which the results call it.
    package var name: String {
        switch self {
        case .closed: "closed"
        case .poisson: "poisson"
        case .uniform: "uniform"
        }
    }

    /// Those of an open loop, by name.
    package static func open(_ name: String) -> Arrivals.Spacing? {
        [.poisson, .uniform].first { $0.name == name }
    }
}
