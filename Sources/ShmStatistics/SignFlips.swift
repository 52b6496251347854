/// The distribution of the sum of those ranks whose sign is positive, when each sign is a fair coin of its own: the
/// chances that the sum is at most 0, 1, … `limit`. Exact, by counting the 2ⁿ ways one rank after the other.
///
/// Up to 1000 ranks: more ways than that a `Double` does not hold.
func signFlipChances(ranks: some Sequence<Int>, upTo limit: Int) -> [Double] {
    var ways = [Double](repeating: 0, count: limit + 1)
    ways[0] = 1
    var (reached, all) = (0, 1.0)
    for rank in ranks {
        all *= 2
        reached = min(limit, reached + rank)
        var sum = reached
        while sum >= rank {
            ways[sum] += ways[sum - rank]
            sum -= 1
        }
    }
    var total = 0.0
    return ways.map {
        total += $0
        return total / all
    }
}
