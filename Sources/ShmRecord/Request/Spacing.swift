package import ShmCoordinator
package import ShmHarness

extension Arrivals.Spacing {
    /// The name in options and results.
    package var name: String {
        switch self {
        case .closed: "closed"
        case .poisson: "poisson"
        case .uniform: "uniform"
        }
    }
}

extension Load {
    /// Whether it is an open loop without a rate.
    package var lacksRate: Bool { isOpen && rate == 0 }
}
