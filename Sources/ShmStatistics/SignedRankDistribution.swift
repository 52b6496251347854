/// The null distribution of the signed-rank statistic: the probabilities that the sum of the ranks with a positive
/// sign, each sign a fair coin, is at most 0, 1, … `limit`. Exact: counts the 2ⁿ patterns, one rank after another.
///
/// Up to 1000 ranks; for more, the number of patterns exceeds the range of a `Double`.
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
