/// Names of options in older versions, which go on working and are not shown.
enum OldSpelling {
    /// For each old name, today's name and the commands that have the option. The old name works in all of them, also in
    /// commands that got the option after it was renamed.
    private static let names: [String: (today: String, commands: Set<String>)] = [
        "--lock": ("--locks", ["run", "compare", "check", "crash", "stress", "lifecycle", "history"]),
        "--metric": ("--metrics", ["compare", "check", "history"]),
    ]

    /// The arguments with the names of today.
    static func renewed(_ arguments: [String]) -> [String] {
        guard let command = arguments.first else { return arguments }
        let options = arguments.prefix { $0 != "--" }
        return options.map { argument in
            let name = argument.prefix { $0 != "=" }
            guard let known = names[String(name)], known.commands.contains(command) else { return argument }
            return known.today + argument.dropFirst(name.count)
        } + arguments.dropFirst(options.count)
    }
}
