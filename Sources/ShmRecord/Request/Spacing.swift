package import ShmCoordinator
package import ShmHarness

extension Arrivals.Spacing {
    /// The name in options and results.
    package var name: String {
        switch self {
        case .closed: "closed"
        case .poisson: "poisson"
        case .uniform: "uniform"
        case .burst: "burst"
        }
    }
}

extension Load {
    /// Whether it is an open loop without a rate.
    package var lacksRate: Bool { isOpen && rate == 0 }

    /// How acquisitions become due, in titles.
    package var arrivalPhrase: String { spacing == .burst ? "in bursts of \(burst)" : spacing.name }

    /// Whether it has bursts without a size, or a size without bursts.
    package var hasOddBurst: Bool { (spacing == .burst) != (burst > 0) }
}
