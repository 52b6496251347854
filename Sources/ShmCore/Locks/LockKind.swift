/// A kind of lock of the catalogue, named by a constant: `.pthreadRobust`, `.futex`, ….
public struct LockKind: Sendable, Hashable, CustomStringConvertible {
    /// What a user chooses by.
    public let properties: LockProperties

    /// Why this machine cannot have such a lock, for a person; `nil` where it can.
    public let obstacle: String?

    /// The kind that a primitive implements.
    public init<L: LockPrimitive & ~Copyable>(_: L.Type) {
        properties = L.properties
        obstacle = L.obstacle
    }

    /// The kind of that name, if the catalogue has it.
    public init?(named name: String) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The name by which users ask for it and results name it.
    public var name: String { properties.name }

    /// The name.
    public var description: String { name }

    /// The kind that a segment gets when its creator names none: ``robustFutex``, or ``pthreadRobust`` where the
    /// machine cannot have that. Both survive their owner's death.
    public static var `default`: LockKind { robustFutex.obstacle == nil ? .robustFutex : .pthreadRobust }

    /// Every kind, in the catalogue's order; the plugin's, if there is one, last.
    public static var all: [LockKind] { builtIn + (LockPlugin.isLoaded ? [LockKind(PluginLock.self)] : []) }

    /// Every kind of this library.
    static let builtIn: [LockKind] = {
        var collector = KindCollector()
        LockCatalogue.visitBuiltIn(&collector)
        return collector.kinds
    }()

    private struct KindCollector: LockVisitor {
        var kinds: [LockKind] = []
        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) { kinds.append(LockKind(L.self)) }
    }
}
