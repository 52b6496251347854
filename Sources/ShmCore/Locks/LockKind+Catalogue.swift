// Which kinds exist, and which of them to use.
extension LockKind {
    /// Why this process cannot use this kind, as a sentence for the user; `nil` if it can. Evaluated at each call,
    /// because a process may install a seccomp filter at any time.
    public var obstacle: String? { LockFactory.named(name)?.obstacle() }

    /// Looks up a kind by name; `nil` if the catalogue does not have it.
    public init?(named name: String) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The kind that a segment gets when its creator names none: the first of ``robustFutex``, ``pthreadRobust``,
    /// ``flock``, ``ofdRecord`` and ``sysvSemUndo`` that this process can use. All of them survive their owner's death.
    /// If the process can use none of them, this is ``robustFutex``, and creation fails with its ``obstacle``.
    public static var `default`: LockKind { survivors.first { $0.obstacle == nil } ?? .robustFutex }

    /// The kinds that survive their owner's death, in order of preference.
    static var survivors: [LockKind] { [.robustFutex, .pthreadRobust, .flock, .ofdRecord, .sysvSemUndo] }

    /// The kind to recommend where participants share no PID namespace or no IPC namespace: the kernel keeps its state
    /// with the segment's file.
    static var everywhere: LockKind { flock.obstacle == nil ? .flock : .ofdRecord }

    /// Every kind in the catalogue's order. The plugin's kind, if one is loaded, comes last.
    public static var all: [LockKind] { builtIn + (LockPlugin.isLoaded ? [LockKind(PluginLock.self)] : []) }

    /// The kinds that this library implements.
    package static let builtIn: [LockKind] = {
        var collector = KindCollector()
        LockCatalogue.visitBuiltIn(&collector)
        return collector.kinds
    }()

    /// Whether this library implements the lock of a name. Others are of a plugin, or of another version.
    package static func isBuiltIn(_ name: String) -> Bool { builtIn.contains { $0.name == name } }

    private struct KindCollector: LockVisitor {
        var kinds: [LockKind] = []
        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) { kinds.append(LockKind(L.self)) }
    }
}
