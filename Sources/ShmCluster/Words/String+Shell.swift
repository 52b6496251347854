extension String {
    /// The text as one word of a POSIX shell's command line, always in quotation marks.
    var quotedForShell: String {
        "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
