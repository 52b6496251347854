/// The null distribution of a rank sum: the probabilities that the sum of some ranks, drawn at random without
/// replacement, is at most 0, 1, … `limit`. Exact: counts the combinations, one rank after another. `drawn` is at least
/// 1 and at most the number of ranks.
func drawChances(ranks: some Collection<Int>, drawn: Int, upTo limit: Int) -> [Double] {
    // For 0, 1, … drawn ranks: the number of combinations with each sum, row by row.
    let width = limit + 1
    var ways = [Double](repeating: 0, count: (drawn + 1) * width)
    ways[0] = 1
    var (seen, all) = (0, 1.0)
    for rank in ranks {
        seen += 1
        var number = min(drawn, seen)
        while number > 0 {
            let (row, fewer) = (number * width, (number - 1) * width - rank)
            var sum = rank
            while sum <= limit {
                ways[row + sum] += ways[fewer + sum]
                sum += 1
            }
            number -= 1
        }
    }
    // The binomial coefficient.
    for number in 1...drawn { all *= Double(ranks.count - drawn + number) / Double(number) }
    var total = 0.0
    return ways[(drawn * width)...].map {
        total += $0
        return total / all
    }
}

/// Whether counting takes only some milliseconds, and a `Double` holds the number of combinations.
func isCountable(fewer: Int, all: Int, sum: Int) -> Bool {
    guard fewer <= 200, all <= 10_000 else { return false }
    return fewer * all * sum <= 16_000_000
}
