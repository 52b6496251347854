internal import ShmCore
internal import ShmRender

/// One thing about this machine that bears on the figures, or on whether a lock can be used.
struct Finding {
    /// How much it matters.
    enum Weight: String {
        /// As it should be.
        case ok
        /// Worth to know when figures are read.
        case note
        /// Makes figures unreliable.
        case warning
        /// Makes a lock or a command unusable.
        case obstacle
    }

    /// What was looked at, in a word or two.
    let subject: String
    let weight: Weight
    /// What was found.
    let text: String
    /// What to do about it; empty where there is nothing to do.
    let advice: String

    init(_ subject: String, _ weight: Weight, _ text: String, advice: String = "") {
        self.subject = subject
        self.weight = weight
        self.text = text
        self.advice = advice
    }

    static let document = Document<Finding>(items: [
        .init("", "weight") { $0.weight == .ok ? "ok" : $0.weight.rawValue },
        .init("subject", "subject") { $0.subject },
        .init("finding", "finding") { $0.text },
        .init("what to do", "advice") { $0.advice },
    ])
}

/// The files in which Linux describes itself; under another root in tests.
struct SystemFiles {
    var root = ""

    /// The first line of a file; `nil` where there is none, or it is empty.
    func line(_ path: String) -> String? { text(path).flatMap { $0.split(separator: "\n").first.map(String.init) } }

    func number(_ path: String) -> Int? { line(path).flatMap { Int($0) } }

    func text(_ path: String) -> String? { try? SmallFile.read(root + path) }

    /// A field of /proc/self/status.
    func status(_ field: String) -> String? {
        text("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix(field + ":") }
            .map { $0.dropFirst(field.count + 1).filter { !$0.isWhitespace } }
    }
}
