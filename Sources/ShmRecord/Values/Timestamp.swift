internal import Glibc

/// Formats points in time, in UTC.
package enum Timestamp {
    package static func iso8601(_ seconds: Int) -> String { formatted(seconds, "%Y-%m-%dT%H:%M:%SZ") }

    /// The form in file names and run identifiers.
    package static func compact(_ seconds: Int) -> String { formatted(seconds, "%Y%m%dT%H%M%SZ") }

    private static func formatted(_ seconds: Int, _ format: String) -> String {
        var time = time_t(seconds)
        var fields = unsafe tm()
        unsafe gmtime_r(&time, &fields)
        var buffer = [CChar](repeating: 0, count: 64)
        let length = unsafe strftime(&buffer, buffer.count, format, &fields)
        return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
