/// A command line in the help of its command, and what it does.
struct Example {
    /// As a shell gets it, without the program's name.
    let line: String
    let meaning: String

    init(_ line: String, _ meaning: String) {
        self.line = line
        self.meaning = meaning
    }
}
