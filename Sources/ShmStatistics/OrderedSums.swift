/// The smallest number of which `countUpTo` says at least `rank`, between two bounds of which the upper one has it.
///
/// By halving the ordered bit patterns: at most 64 counts, and the answer is the very number that sorting all of them
/// would put there, without writing n² of them down.
func smallest(between low: Double, and high: Double, reaching rank: Int, countUpTo: (Double) -> Int) -> Double {
    var (below, above) = (order(low), order(high))
    while below < above {
        // Their mean without overflow.
        let middle = (below & above) + ((below ^ above) >> 1)
        if countUpTo(number(middle)) >= rank { above = middle } else { below = middle + 1 }
    }
    return number(above)
}

/// A number's place in the order of all finite numbers; -0 is 0.
private func order(_ number: Double) -> Int64 {
    let bits = Int64(bitPattern: number.bitPattern)
    return bits < 0 ? Int64.min &- bits : bits
}

/// The number at a place.
private func number(_ order: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: order < 0 ? Int64.min &- order : order))
}

/// Midranks, doubled so that they are whole: equal values share the mean of the ranks that they take up. `sorted` is
/// ascending.
func doubledMidranks(_ sorted: [Double]) -> [Int] {
    var ranks: [Int] = []
    ranks.reserveCapacity(sorted.count)
    while ranks.count < sorted.count {
        let first = ranks.count
        var end = first + 1
        while end < sorted.count, sorted[end] == sorted[first] { end += 1 }
        // The ranks first + 1 … end: their mean, twice.
        ranks.append(contentsOf: repeatElement(first + 1 + end, count: end - first))
    }
    return ranks
}
