/// A kind of lock of the catalogue, named by a constant: `.pthreadRobust`, `.futex`, ….
public struct LockKind: Sendable, Hashable, CustomStringConvertible {
    /// What a user chooses by.
    public let properties: LockProperties

    /// Why this process cannot have such a lock, for a person; `nil` where it can. Asked anew each time: a seccomp filter
    /// may come at any time.
    public var obstacle: String? { LockFactory.named(name)?.obstacle() }

    /// The kind that a primitive implements.
    package init<L: LockPrimitive & ~Copyable>(_: L.Type) { properties = L.properties }

    /// The kind of that name, if the catalogue has it.
    public init?(named name: String) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The name by which users ask for it and results name it.
    public var name: String { properties.name }

    /// The name.
    public var description: String { name }

    /// The kind that a segment gets when its creator names none: the first of ``robustFutex``, ``pthreadRobust``,
    /// ``flock``, ``ofdRecord`` and ``sysvSemUndo`` that this process can have. All of them survive their owner's death;
    /// where it can have none of them, ``robustFutex``, which is then refused with the reason.
    public static var `default`: LockKind { survivors.first { $0.obstacle == nil } ?? .robustFutex }

    /// Those that survive their owner's death, in the order in which they are offered.
    static var survivors: [LockKind] { [.robustFutex, .pthreadRobust, .flock, .ofdRecord, .sysvSemUndo] }

    /// The kind to recommend where thread ids or IPC objects cannot be shared: the kernel keeps it with the segment's file.
    static var everywhere: LockKind { flock.obstacle == nil ? .flock : .ofdRecord }

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
