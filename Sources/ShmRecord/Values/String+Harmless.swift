extension String {
    /// A text from a file in a line for people: control characters and markup are replaced, and it has at most 80
    /// characters.
    package var harmless: String {
        String(prefix(80).map { $0.isASCII && ($0.isLetter || $0.isNumber || " -_.,:()@+/#".contains($0)) ? $0 : "?" })
    }
}
