/// A comma-separated list on the command line. Spaces and empty items are dropped.
struct CommaList: Equatable, Sendable {
    let items: [String]

    init(_ items: [String]) { self.items = items }

    init(_ text: String) {
        items = text.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
    }
}
