internal import Glibc

/// Where a series changed for good.
public struct ChangePoint: Sendable, Equatable {
    /// The position of the first value after it.
    public let index: Int
    /// The median of the values before it, as far back as the change point before.
    public let before: Double
    /// The median of the values from it on, up to the next change point.
    public let after: Double
    /// How likely a series without change would have such a split.
    public let p: Double
}

/// The change points of a short series in time, one value a run, in order: Pettitt's test finds the split before which
/// values rank most differently from those after it; the two parts are then searched likewise.
///
/// `level` is that of the first test, hence the chance of any change point where there is none; parts share it: at depth
/// d there are up to 2ᵈ tests, each at `level`/2ᵈ. `leastEffect` is relative: changes of the median by less than this
/// share of what it was are left out. Series are taken to be independent from run to run but for the changes: a slow
/// drift is found as a change too, as it should. No change points where any value is not finite, and in fewer values than
/// can be significant (ten at 0.01).
///
/// Sources: Pettitt, *A non-parametric approach to the change-point problem*, J. R. Statist. Soc. C 28, 1979; Scott and
/// Knott, *A cluster analysis method for grouping means in the analysis of variance*, Biometrics 30, 1974, for splitting
/// in two again and again.
public func changePoints(_ series: [Double], level: Double = 0.01, leastEffect: Double = 0.02) -> [ChangePoint] {
    guard series.allSatisfy(\.isFinite) else { return [] }
    var splits: [Split] = []
    search(series, 0..<series.count, level: level, into: &splits)
    splits.sort { $0.index < $1.index }
    // The least effect goes first, as the parts that it joins have another median then.
    while true {
        let ends = [0] + splits.map(\.index) + [series.count]
        let medians = zip(ends, ends.dropFirst()).map { median(series[$0..<$1]) ?? 0 }
        let effects = splits.indices.map { index in
            let change = abs(medians[index + 1] - medians[index])
            return change == 0 ? 0 : change / abs(medians[index])
        }
        if let least = effects.indices.min(by: { effects[$0] < effects[$1] }),
            effects[least] < leastEffect || effects[least] == 0
        {
            splits.remove(at: least)
            continue
        }
        return splits.indices.map {
            ChangePoint(index: splits[$0].index, before: medians[$0], after: medians[$0 + 1], p: splits[$0].p)
        }
    }
}

/// A split of a series.
private struct Split {
    let index: Int
    let p: Double
}

/// Adds the significant splits of a part of a series, in whatever order.
private func search(_ series: [Double], _ part: Range<Int>, level: Double, into splits: inout [Split]) {
    guard let (offset, p) = pettitt(Array(series[part])), p <= level else { return }
    let index = part.lowerBound + offset
    splits.append(Split(index: index, p: p))
    search(series, part.lowerBound..<index, level: level / 2, into: &splits)
    search(series, index..<part.upperBound, level: level / 2, into: &splits)
}

/// Pettitt's test: the split at which the ranks before and after differ most, and how likely a series in random order
/// has one that differs as much. `nil` for fewer than two values.
///
/// His statistic at a split, the sum of the signs of all differences across it, is twice the sum of the ranks before it
/// less what that is on average; with midranks for ties.
package func pettitt(_ series: [Double]) -> (split: Int, p: Double)? {
    let count = series.count
    guard count > 1 else { return nil }
    let order = series.indices.sorted { series[$0] < series[$1] }
    var ranks = [Int](repeating: 0, count: count)
    for (index, rank) in zip(order, doubledMidranks(order.map { series[$0] })) { ranks[index] = rank }
    var (sum, largest, split) = (0, -1, 0)
    for index in 1..<count {
        sum += ranks[index - 1]
        let difference = abs(sum - index * (count + 1))
        if difference > largest { (largest, split) = (difference, index) }
    }
    return (split, count <= 16 ? exactChance(ranks, largest) : approximateChance(count, largest))
}

/// The share of all orders of these doubled ranks in which the statistic reaches a value at any split. By counting, over
/// all sets of values, the orders in which the set can come first without reaching it: 2ⁿ sets rather than n! orders.
func exactChance(_ ranks: [Int], _ value: Int) -> Double {
    let count = ranks.count
    var orders = [Double](repeating: 0, count: 1 << count)
    var sums = [Int](repeating: 0, count: 1 << count)
    orders[0] = 1
    for set in 1..<(1 << count) {
        sums[set] = sums[set & (set - 1)] + ranks[set.trailingZeroBitCount]
        let size = set.nonzeroBitCount
        // Of the whole set the statistic is 0.
        if size < count, abs(sums[set] - size * (count + 1)) >= value { continue }
        var rest = set
        while rest != 0 {
            orders[set] += orders[set ^ (rest & -rest)]
            rest &= rest - 1
        }
        // As shares, so that they stay small.
        orders[set] /= Double(size)
    }
    return max(0, 1 - orders[orders.count - 1])
}

/// Pettitt's approximation, 2·exp(−6K² / (n³ + n²)), which is above the truth.
package func approximateChance(_ count: Int, _ value: Int) -> Double {
    let (size, statistic) = (Double(count), Double(value))
    return min(1, 2 * exp(-6 * statistic * statistic / (size * size * size + size * size)))
}
