internal import CShm
internal import SystemPackage

/// One participant of a lock whose kind is known only at run time. Each operation is one indirect call.
///
/// The initialiser makes the closures where the lock's type is concrete, so their bodies are specialised. They are
/// constants of a final class, so a call through a borrowed reference changes no reference count.
final class BoundLock {
    let tryLock: () -> LockOutcome
    let lockUntil: (Deadline) -> LockOutcome
    let unlock: () -> Void
    let fastPath: () -> FastPath
    let settle: (Int32) -> LockOutcome
    let retire: () -> Void
    let retireIfFree: () -> Bool
    /// Whether the kernel regards the whole process as one owner.
    let isOfProcess: Bool
    /// The fork generation that made the participant. The child of a fork must not use it: it is the parent's
    /// participant.
    private let generation = shm_generation()
    private let dispose: () -> Void

    /// Makes a participant of a lock of type `L`.
    init<L: LockPrimitive & ~Copyable>(_: L.Type, _ binding: borrowing LockBinding) throws(Errno) {
        let primitive = try L(binding)
        isOfProcess = !L.properties.threads
        let storage = UnsafeMutablePointer<L>.allocate(capacity: 1)
        unsafe storage.initialize(to: primitive)
        tryLock = { unsafe storage.pointee.tryLock() }
        lockUntil = { unsafe storage.pointee.lock(until: $0) }
        unlock = { unsafe storage.pointee.unlock() }
        fastPath = { unsafe storage.pointee.fastPath }
        settle = { unsafe storage.pointee.settle($0) }
        retire = { unsafe storage.pointee.retire() }
        retireIfFree = { unsafe storage.pointee.retireIfFree() }
        dispose = {
            unsafe storage.deinitialize(count: 1)
            unsafe storage.deallocate()
        }
    }

    deinit { dispose() }

    /// Whether this process made the participant, and did not inherit it through `fork(2)`.
    var isOwn: Bool { generation == shm_generation() }
}

/// The operations that a segment needs of a lock kind, looked up by name.
@safe struct LockFactory: Sendable {
    let properties: LockProperties
    /// Why this process cannot use the lock now; `nil` if it can.
    let obstacle: @Sendable () -> String?
    let bytesNeeded: @Sendable (_ participants: Int) -> Int
    let nameOutside: @Sendable (_ area: UnsafeMutableRawPointer) -> String?
    let initialise: @Sendable (_ area: UnsafeMutableRawPointer, _ participants: Int) throws(Errno) -> Void
    let bind: @Sendable (_ binding: borrowing LockBinding) throws(Errno) -> BoundLock

    /// The factory of a kind; `nil` if the catalogue does not have it.
    static func named(_ name: String) -> LockFactory? { builtIn[name] ?? plugin(name) }

    private static let builtIn: [String: LockFactory] = {
        var collector = Collector()
        LockCatalogue.visitBuiltIn(&collector)
        return collector.factories
    }()

    private static func plugin(_ name: String) -> LockFactory? {
        guard LockPlugin.isLoaded else { return nil }
        var collector = Collector()
        collector.visit(PluginLock.self)
        return collector.factories[name]
    }

    private struct Collector: LockVisitor {
        var factories: [String: LockFactory] = [:]

        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
            factories[L.properties.name] = unsafe LockFactory(
                properties: L.properties,
                obstacle: {
                    let isLost = L.properties.onePIDNamespace && ProcessIdentity.currentPIDNamespace == 0
                    return isLost
                        ? "it names owners by thread id, and the PID namespace is unknown here: mount /proc"
                        : L.obstacle
                },
                bytesNeeded: { L.bytesNeeded(participants: $0) },
                nameOutside: { unsafe L.nameOutside($0) },
                initialise: { (area, participants) throws(Errno) in
                    try unsafe L.initialise(area, participants: participants)
                },
                bind: { (binding) throws(Errno) in try BoundLock(L.self, binding) })
        }
    }
}
