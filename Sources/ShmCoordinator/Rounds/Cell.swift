public import ShmCore

/// One lock under one load. A round measures one cell once.
@dynamicMemberLookup
public struct Cell: Sendable, Hashable {
    /// The lock that is measured.
    public var lock: LockKind
    /// What it is measured under.
    public var load: Load

    /// Combines a lock with the load under which it is measured.
    public init(_ lock: LockKind, _ load: Load) {
        self.lock = lock
        self.load = load
    }

    /// A parameter of the load.
    public subscript<Value>(dynamicMember parameter: WritableKeyPath<Load, Value>) -> Value {
        get { load[keyPath: parameter] }
        set { load[keyPath: parameter] = newValue }
    }
}
