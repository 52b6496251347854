internal import ShmHarness

extension String {
    /// The text as one word of a shell's command line: quoted if necessary.
    var shellWord: String {
        let isPlain = !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || "-_./,:=%@+".contains($0) }
        return isPlain
            ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// How this program was called.
enum ShellText {
    /// The program's arguments, quoted for a shell.
    static var commandLine: String { ProgramArguments.given.map(\.shellWord).joined(separator: " ") }
}
