package import ShmCoordinator
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
}

extension Load {
    /// Whether it is an open loop in which nothing is due.
    package var lacksRate: Bool { isOpen && rate == 0 }
}
