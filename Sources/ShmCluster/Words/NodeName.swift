/// Names of nodes and hosts, which become arguments of other programs.
package enum NodeName {
    /// What ``isSafe(_:)`` accepts, in words.
    package static let expected =
        "a name of a node or host: visible characters without blanks, quotation marks and commas, the first of which is no hyphen"

    /// Whether a name cannot be taken for an option or for several words.
    package static func isSafe(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first != "-", name.utf8.count <= 255 else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            scalar.value > 32 && scalar.value != 127 && !scalar.properties.isWhitespace
                && scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
                && !"'\"`\\,;&|<>$()*?!#{}".unicodeScalars.contains(scalar)
        }
    }
}
