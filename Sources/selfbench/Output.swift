internal import Glibc

/// The output of other programs.
enum Output {
    /// The standard output of a shell command.
    static func text(of command: String) throws -> String {
        guard let pipe = unsafe popen(command, "r") else { throw Missing("cannot start `\(command)`") }
        var text = ""
        var buffer = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&buffer, 256, pipe) != nil {
            text += String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let status = unsafe pclose(pipe)
        guard status == 0 else { throw Missing("`\(command)` ended with status \(status): \(text)") }
        return text
    }

    /// The first line of its standard output.
    static func line(of command: String) throws -> String {
        String(try text(of: command).prefix { !$0.isNewline })
    }
}

/// The sample's value that so large a part of it does not exceed.
func quantile(_ part: Double, of sample: [Double]) -> Double {
    let sorted = sample.sorted()
    return sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
}
