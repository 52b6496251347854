internal import ArgumentParser

/// A comma-separated list on the command line.
struct CommaList: ExpressibleByArgument {
    let items: [String]

    init(_ items: [String]) { self.items = items }

    init?(argument: String) {
        items = argument.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
    }

    var defaultValueDescription: String { items.joined(separator: ",") }
}
