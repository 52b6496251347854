@_spi(Bench) import ShmCore

/// A participant in a segment's lock of any kind, without a handle. Ends with its value.
final class Primitive {
    let lock: () -> LockOutcome
    let tryLock: () -> LockOutcome
    let lockUntil: (Deadline) -> LockOutcome
    let unlock: () -> Void

    convenience init(_ shared: SharedMemory) throws {
        var finder = Finder(shared: shared)
        LockCatalogue.visit(&finder)
        guard let found = try finder.found?.get() else { throw Unexpected(what: "a lock that the catalogue lacks") }
        self.init(found)
    }

    private init(_ other: Primitive) {
        (lock, tryLock, lockUntil, unlock) = (other.lock, other.tryLock, other.lockUntil, other.unlock)
    }

    private init<L: LockPrimitive & ~Copyable>(_ box: Box<L>) {
        lock = { box.primitive.lock() }
        tryLock = { box.primitive.tryLock() }
        lockUntil = { box.primitive.lock(until: $0) }
        unlock = { box.primitive.unlock() }
    }

    private final class Box<L: LockPrimitive & ~Copyable> {
        let primitive: L
        init(_ primitive: consuming L) { self.primitive = primitive }
    }

    private struct Finder: LockVisitor {
        let shared: SharedMemory
        var found: Result<Primitive, any Error>?

        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
            guard shared.lockKind?.name == L.properties.name else { return }
            found = Result { Primitive(Box(try shared.participant(in: L.self))) }
        }
    }
}

/// A lock through one of its two interfaces: a handle or a primitive.
enum Face {
    case handle(SharedMemory)
    case primitive(Primitive)

    /// Waits for the lock, until a deadline if there is one. Returns whether the previous owner died; `nil` if the lock
    /// was not acquired.
    func lock(within limit: Duration? = nil) throws -> Bool? {
        switch self {
        case .handle(let shared):
            guard let limit else { return try shared.lock() == .ownerDied }
            return try shared.lock(timeout: limit).map { $0 == .ownerDied }
        case .primitive(let primitive):
            return try Self.died(limit.map { primitive.lockUntil(.after($0)) } ?? primitive.lock())
        }
    }

    func tryLock() throws -> Bool? {
        switch self {
        case .handle(let shared): try shared.tryLock().map { $0 == .ownerDied }
        case .primitive(let primitive): try Self.died(primitive.tryLock())
        }
    }

    func unlock() throws {
        switch self {
        case .handle(let shared): try shared.unlock()
        case .primitive(let primitive): primitive.unlock()
        }
    }

    private static func died(_ outcome: LockOutcome) throws -> Bool? {
        switch outcome {
        case .acquired: return false
        case .ownerDied: return true
        case .busy: return nil
        case .failed(let errno): throw Unexpected(what: "the lock failed: \(errno)")
        }
    }
}
