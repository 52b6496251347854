internal import ShmCore

/// One property of this machine that affects the figures, or whether a lock can be used.
struct MachineFinding {
    /// How much it matters.
    enum Weight: String, CaseIterable {
        /// As it should be.
        case ok
        /// Relevant to the interpretation of figures.
        case note
        /// Makes figures unreliable.
        case warning
        /// Makes a lock or a command unusable.
        case obstacle
    }

    /// The property, in a word or two.
    let subject: String
    let weight: Weight
    /// The state of the property.
    let text: String
    /// The remedy; empty if none is needed.
    let advice: String

    init(_ subject: String, _ weight: Weight, _ text: String, advice: String = "") {
        self.subject = subject
        self.weight = weight
        self.text = text
        self.advice = advice
    }
}

/// The files that describe the system, under another root in tests.
struct SystemFiles {
    var root = ""

    /// The first line of a file; `nil` if the file does not exist or is empty.
    func line(_ path: String) -> String? { text(path).flatMap { $0.split(separator: "\n").first.map(String.init) } }

    func number(_ path: String) -> Int? { line(path).flatMap { Int($0) } }

    func text(_ path: String) -> String? { try? SmallFile.read(root + path) }

    /// A field of /proc/self/status.
    func status(_ field: String) -> String? {
        text("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix(field + ":") }
            .map { $0.dropFirst(field.count + 1).filter { !$0.isWhitespace } }
    }
}
