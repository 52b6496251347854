/// A size on the command line or in a scenario: `64`, `512B`, `4KiB`, `1MiB`.
package struct ByteSize: Hashable, CustomStringConvertible {
    package let bytes: Int

    /// Ascending.
    private static let units: [(name: String, bytes: Int)] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20)]
    /// The limit of a number, so that no size overflows.
    private static let most = 1 << 40

    package init(bytes: Int) { self.bytes = bytes }

    package init?(_ argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let unit = argument.dropFirst(digits.count)
        guard let number = Int(digits), number <= Self.most,
            let scale = unit.isEmpty ? 1 : Self.units.first(where: { $0.name == unit })?.bytes
        else { return nil }
        bytes = number * scale
    }

    package var description: String {
        let unit = Self.units.last { bytes > 0 && bytes % $0.bytes == 0 } ?? Self.units[0]
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
