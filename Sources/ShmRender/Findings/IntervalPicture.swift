internal import Glibc
package import ShmCompare

/// An interval of a change as a picture, to be seen at a glance beside others: in units of what counts, by logarithm, so that
/// whatever the metric, a regression or an improvement lies beyond a dotted line.
///
///          ┊    │━●━ ┊         more than nothing, and less than counts
///          ┊    │   ━┊━●━━     counts, if the verdict says so
///     ◀━━●━━━━━━│━━━━┊         reaches farther than the picture
package enum IntervalPicture {
    /// Columns of text.
    package static let width = 31
    package static let legend = "│ no change, ┊ what counts, ━ the interval, ● the estimate."

    private static let center = width / 2
    /// From no change to what counts.
    private static let unit = 5.0

    /// A picture; empty where there is no threshold to compare with.
    package static func text(_ change: Change, threshold: Double) -> String {
        guard threshold > 0 else { return "" }
        /// The column of a ratio, which may lie outside.
        func column(_ ratio: Double) -> Int {
            let place = log(ratio) / log1p(threshold) * unit
            return center + Int(max(-Double(width), min(Double(width), place)).rounded())
        }
        let (low, estimate, high) = (column(change.low), column(change.ratio), column(change.high))
        var picture = [Character](repeating: " ", count: width)
        for place in picture.indices where low <= place && place <= high { picture[place] = "━" }
        (picture[center - Int(unit)], picture[center], picture[center + Int(unit)]) = ("┊", "│", "┊")
        if picture.indices.contains(estimate) { picture[estimate] = "●" }
        if low < 0 { picture[0] = "◀" }
        if high >= width { picture[width - 1] = "▶" }
        return String(picture)
    }
}
