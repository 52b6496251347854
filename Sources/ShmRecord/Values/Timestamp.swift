internal import Glibc

/// Formats points in time, in UTC.
package enum Timestamp {
    package static func iso8601(_ seconds: Int) -> String { formatted(seconds, "%Y-%m-%dT%H:%M:%SZ") }

    /// The form in file names and run identifiers.
    package static func compact(_ seconds: Int) -> String { formatted(seconds, "%Y%m%dT%H%M%SZ") }

    /// Seconds of the epoch; `nil` for a text that ``iso8601(_:)`` does not write.
    package static func seconds(iso8601 text: String) -> Int? {
        let numbers = text.split { "-T:Z".contains($0) }.map { Int32($0) ?? -1 }
        guard numbers.count == 6, (1970...9999).contains(numbers[0]), !numbers.contains(where: { $0 < 0 || $0 > 9999 })
        else { return nil }
        var fields = unsafe tm()
        (unsafe fields.tm_year, unsafe fields.tm_mon, unsafe fields.tm_mday) = (
            numbers[0] - 1900, numbers[1] - 1, numbers[2]
        )
        (unsafe fields.tm_hour, unsafe fields.tm_min, unsafe fields.tm_sec) = (numbers[3], numbers[4], numbers[5])
        let seconds = unsafe timegm(&fields)
        return iso8601(seconds) == text ? seconds : nil
    }

    private static func formatted(_ seconds: Int, _ format: String) -> String {
        var time = time_t(seconds)
        var fields = unsafe tm()
        unsafe gmtime_r(&time, &fields)
        var buffer = [CChar](repeating: 0, count: 64)
        let length = unsafe strftime(&buffer, buffer.count, format, &fields)
        return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
