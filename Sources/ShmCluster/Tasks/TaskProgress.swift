/// The progress of a task by what its command logs.
enum TaskProgress {
    /// The part that is done, by the last line of the form `23% done, 0:41 left: …`; `nil` if there is none.
    static func share(log: String) -> Double? {
        let line = log.split(whereSeparator: \.isNewline).last { $0.contains("% done") }
        guard let line, let percent = Int(line.prefix { $0 != "%" }), (0...100).contains(percent) else { return nil }
        return Double(percent) / 100
    }
}
