internal import ShmCoordinator
internal import ShmCore
package import ShmRecord

extension Comparison {
    /// A block to be measured.
    package struct BlockRequest {
        package let pair: Pair
        /// The candidate, or the control.
        package let other: Role
        /// The coin of a block of rounds.
        package let startsWithBase: Bool
        /// The number of its first round; a block of turns has this number alone.
        package let firstRound: Int
        /// The seed of the coins of a block of turns.
        package let seed: UInt64

        package init(pair: Pair, other: Role, startsWithBase: Bool, firstRound: Int, seed: UInt64) {
            (self.pair, self.other, self.startsWithBase) = (pair, other, startsWithBase)
            (self.firstRound, self.seed) = (firstRound, seed)
        }

        /// The rounds of a block of rounds.
        package static let rounds = 4

        /// The sides of a block of rounds in their order.
        package var order: [Role] { startsWithBase ? [.base, other, other, .base] : [other, .base, .base, other] }

        /// Whether a round of this block breaks a promise, so that its cell cannot be judged.
        package func isBroken(_ record: Record) -> Bool {
            if !record.isAsPromised { return true }
            // A control may fail the integrity check, but not as the candidate for a lock.
            let failsIntegrity = record.text("integrity") == RoundResult.Integrity.failed.rawValue
            return failsIntegrity && other == .candidate
                && (LockKind(named: pair.baseLock)?.properties.excludes ?? true)
        }
    }

    /// A sample of a cell.
    ///
    /// A block of rounds has two rounds of either side, each a fleet of fresh processes, in the order `A B B A` or `B A A B`,
    /// from which linear drift cancels. A block of turns has one row of either side, which sums up its turns, and the ratios of
    /// turns that were next to each other.
    package struct Block {
        package var base: [Record]
        package var other: [Record]
        /// The logarithms of ratios that the rows do not show, by metric.
        package var logRatios: [String: Double]

        package init(base: [Record] = [], other: [Record] = [], logRatios: [String: Double] = [:]) {
            (self.base, self.other, self.logRatios) = (base, other, logRatios)
        }

        /// Measures four rounds, or fewer if one breaks a promise: the cell will not be judged, and stuck rounds take long.
        ///
        /// - Parameter measure: measures a round, which has a unique number.
        package init(_ request: BlockRequest, measure: (Role, Pair, Int) throws -> Record) rethrows {
            self.init()
            for (index, role) in request.order.enumerated() {
                let record = try measure(role, request.pair, request.firstRound + index)
                if role == .base { base.append(record) } else { other.append(record) }
                if request.isBroken(record) { return }
            }
        }

        /// The logarithm of the ratio of the other side to the base; `nil` if a round lacks the metric.
        package func logRatio(_ metric: Metric) -> Double? {
            let (before, after) = (base.compactMap(metric.logarithm), other.compactMap(metric.logarithm))
            guard !before.isEmpty, before.count == base.count, after.count == other.count, before.count == after.count
            else { return nil }
            return logRatios[metric.name] ?? (after.reduce(0, +) - before.reduce(0, +)) / Double(before.count)
        }
    }
}
