package import ShmCoordinator

extension SectionShares {
    /// The notation of users, for error messages.
    static let form = "shares of the workers with a time each, as in 1:200ns,3:20us"

    /// Reads a user's notation, `WEIGHT:TIME,WEIGHT:TIME`; `nil` if it is invalid.
    init?(_ text: String) {
        self.init(text, separator: ",") { TimeSpan($0)?.nanoseconds }
    }

    /// Reads a program's notation, `WEIGHT:NANOSECONDS+WEIGHT:NANOSECONDS`; `nil` if it is invalid.
    init?(recorded text: String) {
        self.init(text, separator: "+") { time in Int(time).flatMap { TimeSpan.range.contains($0) ? $0 : nil } }
    }

    private init?(_ text: String, separator: Character, time: (String) -> Int?) {
        var classes: [WorkerClass] = []
        for item in text.split(separator: separator, omittingEmptySubsequences: false) {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false).map(\.trimmingBlanks)
            guard parts.count == 2, let weight = Int(parts[0]), let busy = time(parts[1]) else { return nil }
            classes.append(WorkerClass(weight: weight, busy: busy))
        }
        self.init(classes)
    }

    /// The program's notation: no comma or blank, which separate columns and words.
    var recorded: String { classes.map { "\($0.weight):\($0.busy)" }.joined(separator: "+") }

    /// The user's notation.
    package var text: String {
        classes.map { "\($0.weight):\(TimeSpan(nanoseconds: $0.busy))" }.joined(separator: ",")
    }
}

/// The busy time of critical sections: that of all workers, or the shares with their mean.
struct SectionTime: Equatable, Sendable {
    /// In nanoseconds.
    var mean: Int
    var shares: SectionShares?
}

extension Notation<SectionTime> {
    /// A time, or shares. Programs write the mean, and the shares in a column of their own.
    static let section = Notation(
        expected: "\(Notation<Int>.time.expected), or \(SectionShares.form)", kind: .count,
        read: { text in
            if let time = Notation<Int>.time.read(text) { return SectionTime(mean: time) }
            return SectionShares(text).map { SectionTime(mean: $0.mean, shares: $0) }
        },
        parse: { text in Notation<Int>.time.parse(text).map { SectionTime(mean: $0) } }, text: { "\($0.mean)" },
        shown: { $0.shares?.text ?? Notation<Int>.time.shown($0.mean) },
        value: { .integer($0.mean) })
}

extension Notation<SectionShares?> {
    /// The shares, for programs; `equal` for sections of one length.
    static let shares: Notation = {
        let parse: @Sendable (String) -> SectionShares?? = { text in
            text == equal ? .some(nil) : SectionShares(recorded: text).map { .some($0) }
        }
        return Notation(
            expected: "weights with a time in ns each, as in 1:200+3:20000", kind: .text, read: parse, parse: parse,
            text: { $0?.recorded ?? equal }, value: { Value($0?.recorded) })
    }()

    private static let equal = "equal"
}
