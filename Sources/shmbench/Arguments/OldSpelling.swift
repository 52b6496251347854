/// Names of options in older versions, which go on working and are not shown.
enum OldSpelling {
    private static let names = [
        "history": ["--lock": "--locks", "--metric": "--metrics"], "lifecycle": ["--lock": "--locks"],
    ]

    /// The arguments with the names of today.
    static func renewed(_ arguments: [String]) -> [String] {
        guard let names = arguments.first.flatMap({ names[$0] }) else { return arguments }
        return arguments.map { argument in
            let name = argument.prefix { $0 != "=" }
            return (names[String(name)] ?? String(name)) + argument.dropFirst(name.count)
        }
    }
}
