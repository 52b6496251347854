internal import ShmRecord

/// A picture as data: the page's script draws it. A number that is missing or not finite leaves a gap.
package enum Drawing {
    case rows(RowDrawing)
    case curves(CurveDrawing)

    /// The unit of an axis, which determines its numbers and its scale.
    package enum Unit: String {
        /// Events per second, on a logarithmic axis.
        case rate
        /// Nanoseconds, on a logarithmic axis.
        case time
        /// Microseconds since a start, on a linear axis that can be zoomed.
        case clock
        /// A change in units of its margin.
        case margin
        /// A ratio, on a logarithmic axis around 1, shown as a change.
        case ratio
        /// A part of 1.
        case share
        /// A quantile as 1/(1-p), on the logarithmic axis of HdrHistogram's plots.
        case percentile
        /// A number of processes, on a logarithmic axis.
        case count
        /// Any number.
        case plain
    }

    /// The data, in the script's words.
    package var json: JSONValue {
        switch self {
        case .rows(let drawing): drawing.json
        case .curves(let drawing): drawing.json
        }
    }
}

extension JSONValue {
    /// A number with five significant digits; `null` for a missing one, or one that is not finite.
    static func number(_ number: Double?) -> JSONValue {
        guard let number, number.isFinite else { return .value(.empty) }
        let size = abs(number)
        return .value(.decimal(number, size >= 1000 || size == number.rounded() && size < 1e9 ? 0 : size >= 1 ? 3 : 6))
    }

    static func numbers(_ numbers: [Double?]) -> JSONValue { .array(numbers.map { .number($0) }) }

    static func boolean(_ value: Bool) -> JSONValue { .value(.boolean(value)) }
}
