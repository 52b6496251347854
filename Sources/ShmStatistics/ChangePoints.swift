/// A point at which a series changed, permanently or for a time.
public struct ChangePoint: Sendable, Equatable {
    /// The position of the first value after the change.
    public let index: Int
    /// The median of the values before it, back to the previous change point.
    public let before: Double
    /// The median of the values from the change to the next change point.
    public let after: Double
    /// The probability of such a split in a series without a change.
    public let p: Double
}

/// The change points of a series over time, one value per run, in order.
///
/// Of all splits into two parts, the search takes the one whose ranks before and after are least likely by chance (the
/// largest standardised Mann–Whitney statistic, or, if one side is small, the smallest p). If that split is not
/// significant, the search compares all inner segments of the series with the rest: a regression that was fixed again
/// has no split that shows it. The parts are then searched in the same way. Finally, each split moves to the position
/// that the values themselves indicate.
///
/// `level` is the probability of any change point in a series without one: four fifths of it are for the split, one
/// fifth for the segment, and the parts share the remainder. The probability of one split or segment is that of the
/// exact rank-sum test, times the number of candidates (Bonferroni); for at most 16 values it is the exact probability
/// of the maximum. At 0.01, a change of any size needs ten values, or the last four of 30, three of 60 or two of 600.
///
/// `leastEffect` is relative: smaller changes of the median are left out. The runs are assumed to be independent except
/// for the changes; a slow drift is found as a change too, as it should be. There are no change points if a value is
/// not finite.
///
/// Sources: Hawkins and Deng, *A nonparametric change-point control chart*, J. Quality Technology 42, 2010, for the
/// statistic; Olshen, Venkatraman, Lucito and Wigler, *Circular binary segmentation for the analysis of array-based DNA
/// copy number data*, Biostatistics 5, 2004, for segments; Scott and Knott, *A cluster analysis method for grouping
/// means in the analysis of variance*, Biometrics 30, 1974, for recursive division.
public func changePoints(_ series: [Double], level: Double = 0.01, leastEffect: Double = 0.02) -> [ChangePoint] {
    guard series.allSatisfy(\.isFinite) else { return [] }
    var splits: [Split] = []
    search(series, 0..<series.count, level: level, into: &splits)
    splits.sort { $0.index < $1.index }
    locate(&splits, in: series)
    // The smallest effect is removed first: the parts that it joins then have another median.
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
    var index: Int
    let p: Double
}

/// Moves each split by up to five positions to where the values are nearest to the medians on either side. Ranks alone
/// may be off by some positions: they do not distinguish the last value within the noise from the first beyond it.
private func locate(_ splits: inout [Split], in series: [Double]) {
    let reach = 5
    for index in splits.indices {
        let start = index > 0 ? splits[index - 1].index : 0
        let end = index + 1 < splits.count ? splits[index + 1].index : series.count
        let near = max(start + 1, splits[index].index - reach)...min(end - 1, splits[index].index + reach)
        let distances = near.map { split in distance(series[start..<split]) + distance(series[split..<end]) }
        if let least = distances.indices.min(by: { distances[$0] < distances[$1] }) {
            splits[index].index = near.lowerBound + least
        }
    }
}

/// The sum of the distances from the median.
private func distance(_ values: ArraySlice<Double>) -> Double {
    let middle = median(values) ?? 0
    return values.reduce(0) { $0 + abs($1 - middle) }
}

/// Adds the significant splits of a part of a series, in no particular order.
private func search(_ series: [Double], _ part: Range<Int>, level: Double, into splits: inout [Split]) {
    let values = Array(series[part])
    var ends: [Int] = []
    if let (split, p) = bestSplit(values), p <= 0.8 * level {
        ends = [split]
        splits.append(Split(index: part.lowerBound + split, p: p))
    } else if let (piece, p) = bestPiece(values), p <= 0.2 * level {
        ends = [piece.lowerBound, piece.upperBound]
        splits += ends.map { Split(index: part.lowerBound + $0, p: p) }
    }
    if ends.isEmpty { return }
    let bounds = [part.lowerBound] + ends.map { part.lowerBound + $0 } + [part.upperBound]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
        search(series, start..<end, level: level / Double(bounds.count - 1), into: &splits)
    }
}

/// The split whose ranks before and after are least likely by chance, and the probability that a series in random order
/// has one that differs as much. `nil` for fewer than two values.
package func bestSplit(_ series: [Double]) -> (split: Int, p: Double)? {
    let count = series.count
    guard count > 1 else { return nil }
    let ranks = doubledRanks(series)
    var sum = 0
    let splits = (1..<count).map { index in
        sum += ranks[index - 1]
        return Choice(range: 0..<index, difference: difference(sum, index, of: count))
    }
    if count <= 16, let best = splits.max(by: { $0.difference < $1.difference }) {
        return (best.range.upperBound, exactChance(ranks, best.difference))
    }
    return leastLikely(splits, series).map { ($0.range.upperBound, min(1, $0.p * Double(splits.count))) }
}

/// The inner segment whose ranks differ from the others in the way least likely by chance, and a bound on the
/// probability that a series in random order has one that differs as much. `nil` for fewer than three values.
package func bestPiece(_ series: [Double]) -> (piece: Range<Int>, p: Double)? {
    let count = series.count
    guard count > 2 else { return nil }
    let ranks = doubledRanks(series)
    // Of all segments of one length, the one that differs most is the least likely.
    var best = [Choice?](repeating: nil, count: count)
    for start in 1..<(count - 1) {
        var sum = 0
        for end in (start + 1)..<count {
            sum += ranks[end - 1]
            let difference = difference(sum, end - start, of: count)
            if difference > best[end - start]?.difference ?? -1 {
                best[end - start] = Choice(range: start..<end, difference: difference)
            }
        }
    }
    let pieces = Double((count - 1) * (count - 2) / 2)
    return leastLikely(best.compactMap(\.self), series).map { ($0.range, min(1, $0.p * pieces)) }
}

/// A range of a series that is compared with the rest, and the difference of the ranks.
private struct Choice {
    let range: Range<Int>
    let difference: Double
}

/// The least likely of candidates of different sizes, with its own probability. Small sizes are far from the normal
/// distribution, so they use the exact test; among the others, the largest difference is the least likely.
private func leastLikely(_ choices: [Choice], _ series: [Double]) -> (range: Range<Int>, p: Double)? {
    let few = 8
    func isSmall(_ choice: Choice) -> Bool { min(choice.range.count, series.count - choice.range.count) <= few }
    let largest = choices.filter { !isSmall($0) }.max { $0.difference < $1.difference }
    return (choices.filter(isSmall) + [largest].compactMap(\.self)).compactMap { choice in
        let rest = Array(series[..<choice.range.lowerBound] + series[choice.range.upperBound...])
        return rankSumTest(base: rest, candidate: Array(series[choice.range]), alternative: .twoSided).map {
            (choice.range, $0)
        }
    }.min { $0.1 < $1.1 }
}

private func doubledRanks(_ series: [Double]) -> [Int] {
    let order = series.indices.sorted { series[$0] < series[$1] }
    var ranks = [Int](repeating: 0, count: series.count)
    for (index, rank) in zip(order, doubledMidranks(order.map { series[$0] })) { ranks[index] = rank }
    return ranks
}

/// The difference of a range's ranks from the average: the square of the standardised rank sum, up to a factor that is
/// the same for all candidates of a series.
private func difference(_ doubledSum: Int, _ size: Int, of count: Int) -> Double {
    let distance = Double(doubledSum - size * (count + 1))
    return distance * distance / (Double(size) * Double(count - size))
}

/// The share of all orders of these doubled ranks in which the difference reaches a value at any split. It counts, for
/// all sets of values, the orders in which the set can come first without reaching it: 2ⁿ sets instead of n! orders.
private func exactChance(_ ranks: [Int], _ value: Double) -> Double {
    let count = ranks.count
    // Equal values must not differ by rounding.
    let bound = value * (1 - 1e-12)
    var orders = [Double](repeating: 0, count: 1 << count)
    var sums = [Int](repeating: 0, count: 1 << count)
    orders[0] = 1
    for set in 1..<(1 << count) {
        sums[set] = sums[set & (set - 1)] + ranks[set.trailingZeroBitCount]
        let size = set.nonzeroBitCount
        // The whole set has no difference.
        if size < count, difference(sums[set], size, of: count) >= bound { continue }
        var rest = set
        while rest != 0 {
            orders[set] += orders[set ^ (rest & -rest)]
            rest &= rest - 1
        }
        // As shares, to limit their magnitude.
        orders[set] /= Double(size)
    }
    return max(0, 1 - orders[orders.count - 1])
}
