internal import CShm
internal import Glibc
internal import Synchronization
public import SystemPackage

/// A System V semaphore, with `SEM_UNDO` or without: what shared-memory libraries of the 2000s used, Qt's among them.
///
/// Source: `semop(2)`, `semget(2)`. Every operation is a system call.
///
/// The semaphore set is a kernel object that outlives processes, so it must always be reachable from a segment that
/// is. It is therefore made by the first participant *after* the segment has its name, under a record lock that the
/// kernel drops should its maker die, and under a key that the area holds *before* the set exists: whoever comes next
/// finds and removes what a dead maker left.
///
/// Memory ordering: `semop` takes the set's spin lock, which orders a release before the next acquisition. Owner
/// death: ``Undone``: the kernel undoes the decrement when the process (not the thread) ends, and a mark in the area
/// (``OwnerMark``) tells the next owner; ``Kept``: the semaphore stays taken and every other process waits for ever.
/// Removing the set wakes all waiters with `EIDRM`.
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

    /// Why this process has no System V semaphores: a set that cannot be says whether it may ask.
    public static var obstacle: String? {
        let answer = shm_sem_op(-1, 1, 0, 0)
        return answer == -ENOSYS || answer == -EPERM || answer == -EACCES
            ? "semop(2) is refused: no System V IPC, or a seccomp filter" : nil
    }

    /// The mark, the key and the identifier.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<Area>.size }

    /// Zero is "not made yet".
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Finds the semaphore, or makes it when this is the first participant.
    ///
    /// Throws `ENOSPC` when the machine's limit of semaphore sets is reached.
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

    /// Removes the semaphore set; everyone who waits on it gets ``LockOutcome/failed(_:)``.
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
        // Acquire: pairs with the release in `make`, so that the semaphore's value is set when its identifier is
        // seen.
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

    /// Shared memory can hold anything: an identifier counts only if the set has the key that belongs to it.
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

    /// A key without an identifier: its maker died in between. Its set, if it came to that, has never been operated
    /// on.
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

/// What lies in shared memory.
private struct SysVArea: ~Copyable {
    /// Non-zero while a process holds the lock, or died holding it.
    let mark = Atomic<UInt32>(0)
    /// The set's key, stored before the set is made; 0 before that.
    let key = Atomic<Int32>(0)
    /// The set's identifier plus one, stored when the semaphore is ready; 0 before that.
    let identifierPlusOne = Atomic<Int32>(0)
}

/// What the kernel does for a process that dies with a System V semaphore.
@_spi(Bench) public protocol SysVUndo: SendableMetatype {
    /// What the lock's name ends with.
    static var suffix: String { get }
    /// What its summary ends with.
    static var remark: String { get }
    /// What the next process meets.
    static var ownerDeath: LockProperties.OwnerDeath { get }
    /// Of each operation, `semop(2)`.
    static var flag: Int16 { get }
}

/// Nothing.
@_spi(Bench) public enum Kept: SysVUndo {
    /// None.
    public static var suffix: String { "" }
    /// None.
    public static var remark: String { "" }
    /// It waits for ever.
    public static var ownerDeath: LockProperties.OwnerDeath { .hangs }
    /// None.
    public static var flag: Int16 { 0 }
}

/// Undoes its operations, at the price of keeping account of them.
@_spi(Bench) public enum Undone: SysVUndo {
    /// What the lock's name ends with.
    public static var suffix: String { "-undo" }
    /// What its summary ends with.
    public static var remark: String { " with SEM_UNDO" }
    /// It is told.
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
