/// A kind of lock in the catalogue. Each kind has a constant: `.pthreadRobust`, `.futex`, ….
public struct LockKind: Sendable, Hashable, CustomStringConvertible {
    /// The properties by which a user chooses a lock.
    public let properties: LockProperties

    /// The kind that a primitive implements.
    package init<L: LockPrimitive & ~Copyable>(_: L.Type) { properties = L.properties }

    /// The name in options and in results.
    public var name: String { properties.name }

    /// The same as ``name``.
    public var description: String { name }
}
