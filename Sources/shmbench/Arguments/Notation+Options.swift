internal import ShmCompare
internal import ShmRecord
internal import ShmRender

extension Notation<CommaList> {
    /// A list of items, separated by commas, none of them empty. The command reads the items.
    static func list(of items: String, areNumbers: Bool = false) -> Notation {
        let read: @Sendable (String) -> CommaList? = { text in
            let list = CommaList(text)
            return list.items.contains("") ? nil : list
        }
        return Notation(
            expected: "\(items), separated by commas", kind: areNumbers ? .number : .text, read: read, parse: read,
            text: { $0.items.joined(separator: ",") }, value: { .text($0.items.joined(separator: ",")) })
    }

    /// Names and groups of locks.
    static let locks = list(of: LockSelection.help)
}

extension Notation<TimeSpan> {
    /// A length of time.
    ///
    /// - Parameter least: in nanoseconds.
    static func span(from least: Int = 0) -> Notation {
        let shortest = TimeSpan(nanoseconds: least)
        let longest = TimeSpan(nanoseconds: TimeSpan.range.upperBound)
        let read: @Sendable (String) -> TimeSpan? = { text in
            TimeSpan(text).flatMap { $0.nanoseconds < least ? nil : $0 }
        }
        return Notation(
            expected: least == 0
                ? "a time \(TimeSpan.form)" : "a time from \(shortest) to \(longest), as in 300ms, 2s, 1.5min or 1h",
            read: read, parse: read, text: \.description, value: { .integer($0.nanoseconds) })
    }
}

extension Notation<Int> {
    /// A whole number without an upper bound.
    static func atLeast(_ least: Int) -> Notation {
        let read: @Sendable (String) -> Int? = { text in Int(text).flatMap { $0 < least ? nil : $0 } }
        return Notation(
            expected: "\(least) or more", read: read, parse: read, text: { "\($0)" }, value: { .integer($0) })
    }
}

extension Notation<UInt64> {
    /// The seed of a random sequence.
    static let seed = Notation(
        expected: "0…\(UInt64.max)", read: { UInt64($0) }, parse: { UInt64($0) }, text: { "\($0)" },
        value: { Value($0) })
}

extension Notation<Double> {
    /// A share above 0, in percent.
    static func percent(upTo most: Double) -> Notation {
        let read: @Sendable (String) -> Double? = { text in
            Percent.share(text).flatMap { $0 > 0 && $0 <= most ? $0 : nil }
        }
        return Notation(
            expected: Percent.expected(0...most, isAbove: true), read: read, parse: read,
            text: Percent.text, value: { Value($0, decimals: 4) })
    }
}

extension Notation<String> {
    /// The name of a file, by its ending.
    static func file(_ endings: [String]) -> Notation {
        let list = endings.dropLast().joined(separator: ", ") + (endings.count > 1 ? " or " : "") + (endings.last ?? "")
        let read: @Sendable (String) -> String? = { text in endings.contains(where: text.hasSuffix) ? text : nil }
        return Notation(
            expected: "a file name that ends in \(list)", kind: .text, read: read, parse: read, text: { $0 },
            value: { .text($0) })
    }
}

extension Notation<OutputFormat> {
    /// One of the formats of documents.
    static let format = choice(Renderers.all.compactMap { OutputFormat(named: $0.name) }, name: \.name)
}

extension Notation<SortKey> {
    /// What tables are sorted by.
    static let sortKey = choice(SortKey.allCases, name: \.rawValue, also: SortKey.init(named:))
}

extension Notation<MachineAxis> {
    /// A column whose values are compared.
    static let machineAxis = choice(MachineAxis.allCases, name: \.rawValue)
}
