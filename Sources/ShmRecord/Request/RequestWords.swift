/// The `name=value` words of a request between processes. Later versions may add words; of words with one name, the last
/// counts.
struct RequestWords {
    private var values: [Substring: Substring] = [:]

    /// - Parameter skipped: the words before the first that has a value.
    /// - Throws: ``Failure`` that names a word without a value.
    init(_ line: String, skipping skipped: Int = 0) throws {
        for word in line.split(separator: " ").dropFirst(skipped) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw Failure.invalid(String(word), for: "a word of the request", expected: "name=value")
            }
            values[parts[0]] = parts[1]
        }
    }

    /// Whether there is a word with that name.
    func has(_ name: String) -> Bool { values[name[...]] != nil }

    /// - Throws: ``Failure`` if there is no such word.
    func text(_ name: String) throws -> String {
        guard let value = values[name[...]] else {
            throw Failure("missing word \(name) in the request: expected \(name)=value")
        }
        return String(value)
    }

    /// - Throws: ``Failure`` that names the word, its value and what is expected.
    func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
        let text = try text(name)
        guard let number = Int(text), range.contains(number) else {
            throw Failure.invalid(text, for: name, expected: range.text)
        }
        return number
    }
}
