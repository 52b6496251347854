internal import CShm
internal import Glibc
public import SystemPackage

/// A POSIX record lock (`F_SETLK`), which belongs to the *process*. It uses a file of its own beside the segment's,
/// because a process loses all its record locks on a file when it closes any descriptor of that file.
///
/// Source: `fcntl(2)`, "advisory record locking", which describes that behaviour. A second participant of the same
/// process would obtain the lock that the first one holds, with a false report of an owner death, and would release it
/// when it ends. So only one participant per process is possible, and no threads.
///
/// Memory ordering, deadlines and owner death: as ``OFDRecordLock``, except that the child of a fork inherits no lock.
@_spi(Bench) @safe public struct POSIXRecordLock: LockPrimitive, ~Copyable {
    private let file: FileDescriptor
    private let mark: OwnerMark
    private let area: UnsafeMutableRawPointer

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "fcntl-record", family: .kernel, ownerDeath: .reported, kernelObject: "lock file",
            threads: false, pollsUntilDeadline: true, summary: "POSIX record lock, the process's own")
    }

    /// The owner mark and the file's name.
    public static func bytesNeeded(participants: Int) -> Int { NamedObject.byteCount }

    /// The name in the area.
    public static func nameOutside(_ area: UnsafeMutableRawPointer) -> String? { unsafe NamedObject.name(in: area) }

    /// Opens the lock file. The first participant creates it.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        unsafe area = binding.area
        mark = unsafe OwnerMark(binding.area)
        file = try unsafe NamedObject.findOrMake(
            binding.area, of: binding.file,
            open: { (name) throws(Errno) in try SegmentFile.open(name, writable: true) },
            make: { (name, mode) throws(Errno) in
                let made = try SegmentFile.createUnnamed(mode: mode)
                do throws(Errno) {
                    _ = fchmod(made.rawValue, mode)
                    try SegmentFile.publish(made, as: name)
                    return made
                } catch {
                    try? made.close()
                    throw error
                }
            },
            remove: { try? SegmentFile.remove($0) })
    }

    deinit { try? file.close() }

    /// `F_SETLKW`.
    public borrowing func lock() -> LockOutcome { acquire(waiting: true) }

    /// `F_SETLK`.
    public borrowing func tryLock() -> LockOutcome { acquire(waiting: false) }

    /// Polls with ``tryLock()`` until the deadline.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgainSleeping(until: deadline) }

    /// `F_SETLK` with `F_UNLCK`.
    public borrowing func unlock() {
        mark.clear()
        _ = shm_record_lock(file.rawValue, Int16(F_UNLCK), false)
    }

    /// Removes the file; processes that have it open keep it.
    public borrowing func retire() {
        if let name = unsafe NamedObject.name(in: area) { try? SegmentFile.remove(name) }
    }

    private borrowing func acquire(waiting: Bool) -> LockOutcome {
        while true {
            switch -shm_record_lock(file.rawValue, Int16(F_WRLCK), waiting) {
            case 0: return mark.set()
            case EINTR: continue
            case EAGAIN, EACCES: return .busy
            case let failure: return .failed(Errno(rawValue: failure))
            }
        }
    }
}

extension LockKind {
    /// A record lock of a process.
    public static let fcntlRecord = LockKind(POSIXRecordLock.self)
}
