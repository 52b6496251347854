internal import ShmCoordinator
internal import ShmHarness

extension MeasuringCost {
    /// A round's figures for one acquisition, in ns.
    struct Figures {
        /// Time per operation in the throughput window.
        let operation: Double
        /// Time per operation in the latency window.
        let timedOperation: Double
        let hold: Double
        let acquire: Double
        let delay: Double

        init(_ result: RoundResult) throws {
            guard let figures = result.figures, figures.acquisitions > 0 else {
                throw Missing("a round measured nothing")
            }
            operation = figures.duration * 1e9 / Double(figures.acquisitions)
            let timed = figures.histograms[.acquire] ?? []
            timedOperation = figures.latencyDuration * 1e9 / Double(max(1, timed.reduce(0, +)))
            hold = Self.mean(figures.histograms[.hold] ?? [], Arena.Timed.hold.geometry)
            acquire = Self.mean(timed, Arena.Timed.acquire.geometry)
            delay = figures.sectionDelay ?? 0
        }

        /// The mean, with each value as the middle of its cell; without the longest thousandth, in which the worker was
        /// interrupted.
        private static func mean(_ counts: [UInt64], _ geometry: LatencyHistogram.Geometry) -> Double {
            let total = counts.reduce(0, +)
            var left = total - total / 1000
            var sum = 0.0
            for (index, count) in counts.enumerated() where count > 0 && left > 0 {
                let (low, next) = (geometry.lowestValue(of: index), geometry.lowestValue(of: index + 1))
                sum += Double(min(count, left)) * (Double(low) + Double(next - low - 1) / 2)
                left -= min(count, left)
            }
            return total > 0 ? sum / Double(total - total / 1000) : 0
        }
    }
}
