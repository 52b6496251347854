internal import Glibc
package import ShmCompare

/// The interval of a change as a picture, on a logarithmic scale in units of the threshold. For every metric, a change beyond
/// the threshold lies outside the dotted lines.
///
///          ┊    │━●━ ┊         a change below the threshold
///          ┊    │   ━┊━●━━     an estimate beyond the threshold
///     ◀━━●━━━━━━│━━━━┊         an interval beyond the picture
package enum IntervalPicture {
    /// The width in columns of text.
    package static let width = 31
    package static let legend = "│ no change, ┊ margin, ━ interval, ● estimate."

    private static let center = width / 2
    /// The distance from no change to the threshold, in columns.
    private static let unit = 5.0

    /// The picture; empty if the threshold is 0.
    package static func text(_ change: Change, threshold: Double) -> String {
        guard threshold > 0 else { return "" }
        /// The column of a ratio, which may lie outside of the picture.
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
