/// The smallest number for which `countUpTo` returns at least `rank`, between two bounds of which the upper one
/// satisfies that.
///
/// Bisects the ordered bit patterns: at most 64 counts. The result is exactly the number that sorting all would give at
/// that rank, without storing n² of them.
func smallest(between low: Double, and high: Double, reaching rank: Int, countUpTo: (Double) -> Int) -> Double {
    var (below, above) = (order(low), order(high))
    while below < above {
        // The mean, without overflow.
        let middle = (below & above) + ((below ^ above) >> 1)
        if countUpTo(number(middle)) >= rank { above = middle } else { below = middle + 1 }
    }
    return number(above)
}

/// The position of a number in the order of all finite numbers; -0 is 0.
private func order(_ number: Double) -> Int64 {
    let bits = Int64(bitPattern: number.bitPattern)
    return bits < 0 ? Int64.min &- bits : bits
}

/// The number at a position.
private func number(_ order: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: order < 0 ? Int64.min &- order : order))
}

/// Midranks, doubled so that they are integers: equal values share the mean of their ranks. `sorted` is ascending.
func doubledMidranks(_ sorted: [Double]) -> [Int] {
    var ranks: [Int] = []
    ranks.reserveCapacity(sorted.count)
    while ranks.count < sorted.count {
        let first = ranks.count
        var end = first + 1
        while end < sorted.count, sorted[end] == sorted[first] { end += 1 }
        // Twice the mean of the ranks first + 1 … end.
        ranks.append(contentsOf: repeatElement(first + 1 + end, count: end - first))
    }
    return ranks
}
