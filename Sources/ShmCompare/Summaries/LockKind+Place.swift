internal import ShmCore

extension LockKind {
    /// The places of the locks in the catalogue, by name.
    static var places: [String: Int] { Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.name, $0) }) }
}
