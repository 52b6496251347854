internal import CShm
public import Glibc
public import SystemPackage

/// A named POSIX semaphore, `sem_open(3)`: a file `sem.…` beside the segment's. See ``PosixSemaphorePrimitive``.
@_spi(Bench) @safe public struct PosixNamedSemaphoreLock: PosixSemaphorePrimitive, ~Copyable {
    /// The semaphore in this process's mapping of its file.
    public let semaphore: UnsafeMutablePointer<sem_t>
    private let area: UnsafeMutableRawPointer

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "posix-named-sem", family: .kernel, ownerDeath: .hangs, kernelObject: "named semaphore",
            summary: "POSIX semaphore with a name")
    }

    /// The name of the semaphore.
    public static func bytesNeeded(participants: Int) -> Int { NamedObject.byteCount }

    /// The name in the area.
    public static func nameOutside(_ area: UnsafeMutableRawPointer) -> String? { unsafe NamedObject.name(in: area) }

    /// Opens the semaphore. The first participant creates it.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        unsafe area = binding.area
        unsafe semaphore = try unsafe NamedObject.findOrMake(
            binding.area, of: binding.file,
            open: { (name) throws(Errno) in try unsafe Self.open(name) },
            make: { (name, mode) throws(Errno) in
                try Self.make(name, mode: mode)
                return try unsafe Self.open(name)
            },
            remove: { unsafe _ = sem_unlink("/" + $0) })
    }

    deinit { unsafe _ = sem_close(semaphore) }

    /// Removes the name; processes that have the semaphore open keep it.
    public borrowing func retire() {
        if let name = unsafe NamedObject.name(in: area) { unsafe _ = sem_unlink("/" + name) }
    }

    /// Creates the semaphore's file in one step. A process that is killed in `sem_open` with `O_CREAT` leaves a file
    /// with a random name behind. The file holds a `sem_t` and nothing else.
    private static func make(_ name: String, mode: mode_t) throws(Errno) {
        let file = try SegmentFile.createUnnamed(mode: mode)
        defer { try? file.close() }
        var fresh = sem_t()
        unsafe sem_init(&fresh, 1, 1)
        let size = MemoryLayout<sem_t>.size
        let written = unsafe withUnsafeBytes(of: &fresh) { unsafe pwrite(file.rawValue, $0.baseAddress, size, 0) }
        guard written == size else { throw Errno(rawValue: errno) }
        // The process's umask has masked the mode that the file was created with.
        _ = fchmod(file.rawValue, mode)
        try SegmentFile.publish(file, as: "sem." + name)
    }

    private static func open(_ name: String) throws(Errno) -> UnsafeMutablePointer<sem_t> {
        var failure: Int32 = 0
        let opened = unsafe shm_semaphore_open("/" + name, &failure)
        guard let opened = unsafe opened else { throw Errno(rawValue: -failure) }
        let semaphore = unsafe opened.assumingMemoryBound(to: sem_t.self)
        guard unsafe isIntact(semaphore) else {
            unsafe _ = sem_close(semaphore)
            throw .invalidArgument
        }
        return unsafe semaphore
    }
}

extension LockKind {
    /// A POSIX semaphore with a name.
    public static let posixNamedSem = LockKind(PosixNamedSemaphoreLock.self)
}
