internal import Glibc

/// The scale of an axis that this program draws itself: where a number lies, and which numbers have labels.
struct AxisScale {
    let unit: Drawing.Unit
    let low: Double
    let high: Double

    /// A scale that holds all numbers, with room at both ends; `nil` if none of them has a place.
    init?(_ unit: Drawing.Unit, _ numbers: [Double]) {
        let usable = numbers.filter { $0.isFinite && (!unit.isLogarithmic || $0 > 0) }
        guard let least = usable.min(), let most = usable.max() else { return nil }
        self.unit = unit
        switch unit {
        case .percentile: (low, high) = (min(2, least), max(most, 10))
        case .count: (low, high) = least == most ? (least / 2, most * 2) : (least, most)
        case _ where unit.isLogarithmic:
            let isShort = most / least < 1.3
            let room = isShort ? 1.15 : pow(most / least, 0.04)
            (low, high) = (least / room, most * room)
        default:
            let room = most == least ? max(abs(most) * 0.1, 1e-9) : (most - least) * 0.06
            (low, high) = (least - room, most + room)
        }
    }

    /// An axis on which bars begin: also the shortest bar is visible, and numbers beyond the margins of a change are at the
    /// edge.
    init?(bars unit: Drawing.Unit, _ numbers: [Double]) {
        guard let scale = AxisScale(unit, numbers) else { return nil }
        self.unit = unit
        switch unit {
        case .margin: (low, high) = (max(-8, min(scale.low, -1.6)), min(8, max(scale.high, 1.6)))
        case .clock: (low, high) = (0, scale.high)
        case .rate, .time: (low, high) = (pow(10, (log10(scale.low) - 0.3).rounded(.down)), scale.high)
        default: (low, high) = (scale.low, scale.high)
        }
    }

    /// The place of a number, from 0 at the low end to 1; `nil` for a number without one.
    func place(_ number: Double) -> Double? {
        guard number.isFinite, !unit.isLogarithmic || number > 0 else { return nil }
        if unit.isLogarithmic { return log(number / low) / log(high / low) }
        return (number - low) / (high - low)
    }

    /// Round numbers for labels.
    func ticks(atMost most: Int) -> [Double] {
        if unit == .percentile { return [2, 10, 100, 1000, 1e4, 1e5].filter { $0 >= low && $0 <= high * 1.001 } }
        return unit.isLogarithmic && high / low > 5 ? powers(atMost: most) : evenSteps(atMost: most)
    }

    /// 1, 2 and 5 of each power of ten, or fewer.
    private func powers(atMost most: Int) -> [Double] {
        let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
        for (digits, skip) in [([1.0, 2, 5], 1), ([1, 3], 1)] + (1...6).map({ ([1], $0) }) {
            let all = exponents.filter { $0 % skip == 0 }.flatMap { power in digits.map { $0 * pow(10, Double(power)) }
            }
            let within = all.filter { $0 >= low && $0 <= high }
            if (2...max(2, most)).contains(within.count) { return within }
        }
        return [low, high]
    }

    private func evenSteps(atMost most: Int) -> [Double] {
        let raw = (high - low) / Double(max(1, most - 1))
        let power = pow(10, log10(raw).rounded(.down))
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
        return (0...most).map { ((low / step).rounded(.up) + Double($0)) * step }.filter { $0 <= high }
    }
}
