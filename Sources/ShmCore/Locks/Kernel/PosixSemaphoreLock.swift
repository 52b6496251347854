internal import CShm
public import Glibc
public import SystemPackage

/// A POSIX semaphore in the segment, `sem_init(3)`. See ``PosixSemaphorePrimitive``.
@_spi(Bench) @safe public struct PosixSemaphoreLock: PosixSemaphorePrimitive, ~Copyable {
    /// The semaphore in this process's mapping.
    public let semaphore: UnsafeMutablePointer<sem_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "posix-sem", family: .kernel, ownerDeath: .hangs, summary: "POSIX semaphore in the segment")
    }

    /// One `sem_t`.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<sem_t>.size }

    /// `sem_init(3)`, process-shared, with the value 1.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        if unsafe sem_init(area.assumingMemoryBound(to: sem_t.self), 1, 1) != 0 { throw Errno(rawValue: errno) }
    }

    /// Binds to the semaphore at the area's start. Throws `EINVAL` if there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let found = unsafe binding.area.assumingMemoryBound(to: sem_t.self)
        guard unsafe Self.isIntact(found) else { throw .invalidArgument }
        unsafe semaphore = found
    }
}

extension LockKind {
    /// A POSIX semaphore in the segment.
    public static let posixSem = LockKind(PosixSemaphoreLock.self)
}
