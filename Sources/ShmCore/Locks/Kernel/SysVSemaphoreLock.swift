internal import CShm
internal import Glibc
internal import Synchronization
public import SystemPackage

/// A System V semaphore, with `SEM_UNDO` or without: the lock of shared-memory libraries of the 2000s, among them Qt's.
///
/// Source: `semop(2)`, `semget(2)`. Every operation is a system call.
///
/// The semaphore set is a kernel object that outlives processes, so it must always be reachable from a segment that is
/// reachable. The first participant therefore creates it *after* the segment has its name, under a record lock that the
/// kernel drops if that process dies, and with a key that the area holds *before* the set exists. If the creator dies,
/// the next participant finds and removes what it left.
///
/// Memory ordering: `semop` takes the set's spinlock, which orders a release before the next acquisition. Owner death
/// with ``Undone``: the kernel undoes the decrement when the process (not the thread) ends, and a mark in the area
/// (``OwnerMark``) reports the death to the next owner. With ``Kept``: the semaphore stays taken and every other
/// process waits for ever. Removing the set wakes all waiters with `EIDRM`.
@_spi(Bench) public struct SysVSemaphoreLock<Undo: SysVUndo>: LockPrimitive, ~Copyable {
    private typealias Area = SysVArea

    private let semaphore: Int32
    private let mark: OwnerMark

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "sysv-sem" + Undo.suffix, family: .kernel, fairness: .fifo, ownerDeath: Undo.ownerDeath,
            kernelObject: "semaphore set", oneIPCNamespace: true, summary: "System V semaphore" + Undo.remark)
    }

    /// Why this process cannot use System V semaphores; `nil` if it can. An operation on an invalid set shows whether
    /// it is permitted.
    public static var obstacle: String? {
        let answer = shm_sem_op(-1, 1, 0, 0)
        return answer == -ENOSYS || answer == -EPERM || answer == -EACCES
            ? "semop(2) is refused: no System V IPC, or a seccomp filter" : nil
    }

    /// The mark, the key and the identifier of the set.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<Area>.size }

    /// Finds the semaphore set. The first participant creates it.
    ///
    /// Throws `ENOSPC` if the machine's limit of semaphore sets is reached.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let area = unsafe binding.area.assumingMemoryBound(to: Area.self)
        semaphore = try unsafe Self.findOrMake(area, file: binding.file)
        mark = unsafe OwnerMark(binding.area)
    }

    /// `semop(2)` with −1.
    public borrowing func lock() -> LockOutcome { acquire(flags: 0, until: nil) }

    /// `semop(2)` with −1 and `IPC_NOWAIT`.
    public borrowing func tryLock() -> LockOutcome { acquire(flags: Int16(IPC_NOWAIT), until: nil) }

    /// `semtimedop(2)` with −1.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { acquire(flags: 0, until: deadline) }

    /// `semop(2)` with +1.
    public borrowing func unlock() {
        mark.clear()
        _ = shm_sem_op(semaphore, 1, Undo.flag, Int64(SHM_NO_LIMIT))
    }

    /// Removes the semaphore set; all waiters get ``LockOutcome/failed(_:)``.
    public borrowing func retire() {
        _ = shm_sem_remove(semaphore)
    }

    private borrowing func acquire(flags: Int16, until deadline: Deadline?) -> LockOutcome {
        while true {
            let timeout = deadline?.remaining ?? Int64(SHM_NO_LIMIT)
            switch -shm_sem_op(semaphore, -1, flags | Undo.flag, timeout) {
            case 0: return mark.set()
            case EINTR: continue
            case EAGAIN: return .busy
            case let failure: return .failed(Errno(rawValue: failure))
            }
        }
    }

    // MARK: Finding and making the set

    private static func findOrMake(_ area: UnsafeMutablePointer<Area>, file: FileDescriptor) throws(Errno) -> Int32 {
        // Acquire: pairs with the release in `make`, so the semaphore has its value once its identifier is observed.
        if let ready = unsafe identifier(in: area) { return try unsafe verified(ready, area) }
        try NamedObject.takeSetup(of: file)
        defer { RecordLock.release(.lockSetup, of: file) }
        if let ready = unsafe identifier(in: area) { return try unsafe verified(ready, area) }
        return try unsafe make(area, file: file)
    }

    private static func identifier(in area: UnsafeMutablePointer<Area>) -> Int32? {
        let stored = unsafe area.pointee.identifierPlusOne.load(ordering: .acquiring)
        return stored > 0 ? stored - 1 : nil
    }

    /// Verifies an identifier from shared memory, which may hold anything: the set must have the key that the area
    /// records.
    private static func verified(_ identifier: Int32, _ area: UnsafeMutablePointer<Area>) throws(Errno) -> Int32 {
        let status = try status(of: identifier)
        let key = unsafe area.pointee.key.load(ordering: .relaxed)
        guard status.key == key, status.semaphores == 1 else { throw .invalidArgument }
        return identifier
    }

    private static func make(_ area: UnsafeMutablePointer<Area>, file: FileDescriptor) throws(Errno) -> Int32 {
        unsafe removeLeftover(area)
        let mode = Int32(try SegmentFile.status(of: file).st_mode & 0o666)
        while true {
            let key = Int32.random(in: 1 ... .max)
            unsafe area.pointee.key.store(key, ordering: .relaxed)
            let made = shm_sem_get(key, Int32(IPC_CREAT) | Int32(IPC_EXCL) | mode)
            if made == -EEXIST { continue }
            try SystemCall.check(made)
            try SystemCall.check(shm_sem_set(made, 1))
            unsafe area.pointee.identifierPlusOne.store(made + 1, ordering: .releasing)
            return made
        }
    }

    /// Removes the set of a creator that died after it stored the key and before it stored the identifier. No process
    /// has operated on such a set.
    private static func removeLeftover(_ area: UnsafeMutablePointer<Area>) {
        let key = unsafe area.pointee.key.load(ordering: .relaxed)
        guard key > 0 else { return }
        let leftover = shm_sem_get(key, 0)
        guard leftover >= 0, let status = try? status(of: leftover) else { return }
        if status.last_operation == 0, status.semaphores == 1, status.creator == geteuid() {
            _ = shm_sem_remove(leftover)
        }
    }

    private static func status(of identifier: Int32) throws(Errno) -> shm_sem_status {
        var status = shm_sem_status()
        try SystemCall.check(unsafe shm_sem_stat(identifier, &status))
        return status
    }
}

/// The lock's area in shared memory.
private struct SysVArea: ~Copyable {
    /// Nonzero while a process holds the lock, or after a process died while it held the lock.
    let mark = Atomic<UInt32>(0)
    /// The set's key, stored before the set is created; 0 before that.
    let key = Atomic<Int32>(0)
    /// The set's identifier plus one, stored when the semaphore is ready; 0 before that.
    let identifierPlusOne = Atomic<Int32>(0)
}

/// What the kernel does when a process dies that holds a System V semaphore.
@_spi(Bench) public protocol SysVUndo: SendableMetatype {
    /// The suffix of the lock's name.
    static var suffix: String { get }
    /// The suffix of the lock's summary.
    static var remark: String { get }
    /// What the next process observes.
    static var ownerDeath: LockProperties.OwnerDeath { get }
    /// The `sem_flg` of each operation, `semop(2)`.
    static var flag: Int16 { get }
}

/// The kernel does nothing: the semaphore stays taken.
@_spi(Bench) public enum Kept: SysVUndo {
    /// No suffix.
    public static var suffix: String { "" }
    /// No suffix.
    public static var remark: String { "" }
    /// The next process waits for ever.
    public static var ownerDeath: LockProperties.OwnerDeath { .hangs }
    /// No flag.
    public static var flag: Int16 { 0 }
}

/// The kernel undoes the process's operations, at the cost of recording them.
@_spi(Bench) public enum Undone: SysVUndo {
    /// The suffix of the lock's name.
    public static var suffix: String { "-undo" }
    /// The suffix of the lock's summary.
    public static var remark: String { " with SEM_UNDO" }
    /// The next owner receives the report.
    public static var ownerDeath: LockProperties.OwnerDeath { .reported }
    /// `SEM_UNDO`.
    public static var flag: Int16 { Int16(SEM_UNDO) }
}

extension LockKind {
    /// A System V semaphore.
    public static let sysvSem = LockKind(SysVSemaphoreLock<Kept>.self)
    /// A System V semaphore with `SEM_UNDO`.
    public static let sysvSemUndo = LockKind(SysVSemaphoreLock<Undone>.self)
}
