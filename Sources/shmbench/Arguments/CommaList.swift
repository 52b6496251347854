internal import ShmRecord

/// A comma-separated list on the command line. Spaces around items are dropped.
struct CommaList: Equatable, Sendable {
    let items: [String]

    init(_ items: [String]) { self.items = items }

    init(_ text: String) {
        items = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingBlanks)
    }
}
