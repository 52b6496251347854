/// Reads numbers from bytes, as `Double` and `Int` read them from texts.
enum NumberText {
    /// The number in a part of the bytes; `nil` if it is not one.
    static func double(_ bytes: [UInt8], _ part: Range<Int>) -> Double? {
        var (digits, decimals, number) = (0, 0, 0)
        var hasPoint = false
        for index in part {
            let byte = bytes[index]
            if byte &- UInt8(ascii: "0") < 10 {
                number = number &* 10 &+ Int(byte &- UInt8(ascii: "0"))
                digits += 1
                if hasPoint { decimals += 1 }
            } else if byte == UInt8(ascii: "."), !hasPoint, digits > 0 {
                hasPoint = true
            } else {
                return Double(text(bytes, part))
            }
            // More digits than a quotient of two exact numbers can have.
            if digits > 15 { return Double(text(bytes, part)) }
        }
        if digits == 0 || hasPoint && decimals == 0 { return Double(text(bytes, part)) }
        return decimals == 0 ? Double(number) : Double(number) / powers[decimals]
    }

    /// The whole number in a part of the bytes; `nil` if it is not one.
    static func integer(_ bytes: [UInt8], _ part: Range<Int>) -> Int? {
        if part.isEmpty || part.count > 18 { return Int(text(bytes, part)) }
        var number = 0
        for index in part {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit > 9 { return Int(text(bytes, part)) }
            number = number &* 10 &+ Int(digit)
        }
        return number
    }

    private static func text(_ bytes: [UInt8], _ part: Range<Int>) -> String {
        String(decoding: bytes[part], as: UTF8.self)
    }

    /// Powers of ten, which are exact.
    private static let powers = (0...15).map { exponent in (0..<exponent).reduce(1.0) { power, _ in power * 10 } }
}
