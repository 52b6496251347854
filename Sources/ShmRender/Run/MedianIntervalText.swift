internal import ShmStatistics

/// Explains the ± of a table, which depends on the number of rounds.
package enum MedianIntervalText {
    package static func text(rounds: Int) -> String {
        guard let interval = MedianInterval((0..<rounds).map(Double.init)) else { return "" }
        let percent = Int((interval.confidence * 100).rounded(.down))
        return interval.confidence >= 0.95
            ? "± is half the \(percent)% confidence interval of the median"
            : "± is half their range, a \(percent)% confidence interval of the median"
    }

    /// Explains the line across the end of a bar; empty for a single round.
    static func line(rounds: Int) -> String {
        guard let interval = MedianInterval((0..<rounds).map(Double.init)) else { return "" }
        return
            "The line across the end of a bar is the \(Int((interval.confidence * 100).rounded(.down)))% confidence interval of the median."
    }
}
