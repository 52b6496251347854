internal import CShm
internal import Glibc
public import SystemPackage

/// A token in a pipe: the process that has read the only byte holds the lock. It releases the lock by writing the byte
/// back. The pipe has a name (a FIFO beside the segment's file), so that any process can open it.
///
/// Source: `pipe(7)`, `fifo(7)`; make's jobserver works like this. Every operation is a system call.
///
/// A FIFO loses its bytes when no process has it open. Each participant therefore holds a shared `flock(2)` on it. A
/// new participant that could lock it exclusively is the only one, and puts the token in again.
///
/// Memory ordering: the pipe's mutex orders a write before the read that gets the byte. Owner death: the token is lost,
/// and every other process waits for ever; the lock works again once all participants have ended.
@_spi(Bench) @safe public struct PipeTokenLock: LockPrimitive, ~Copyable {
    private let description: OwnDescription
    private var pipe: Int32 { description.file.rawValue }
    private let area: UnsafeMutableRawPointer

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pipe-token", family: .kernel, ownerDeath: .hangs, kernelObject: "FIFO",
            summary: "the one byte of a FIFO")
    }

    /// The name of the FIFO.
    public static func bytesNeeded(participants: Int) -> Int { NamedObject.byteCount }

    /// The name in the area.
    public static func nameOutside(_ area: UnsafeMutableRawPointer) -> String? { unsafe NamedObject.name(in: area) }

    /// Opens the FIFO. The first participant creates it.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        unsafe area = binding.area
        let pipe = FileDescriptor(rawValue: try unsafe Self.joined(binding.area, of: binding.file))
        description = try OwnDescription.opened { pipe }
    }

    /// Waits with `poll(2)` while there is no byte. The descriptor is non-blocking, so no process sleeps in a read
    /// after another one has taken the byte.
    public borrowing func lock() -> LockOutcome { take(until: Int64(SHM_NO_LIMIT)) }

    /// One `read(2)`.
    public borrowing func tryLock() -> LockOutcome { take(until: 0) }

    /// As ``lock()``, but waits until the deadline at the latest.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { take(until: deadline.nanoseconds) }

    /// One `write(2)`.
    public borrowing func unlock() { _ = Self.put(in: pipe) }

    /// Removes the name; processes that have the FIFO open keep it.
    public borrowing func retire() {
        if let name = unsafe NamedObject.name(in: area) { unsafe _ = unlink(Self.path(name)) }
    }

    private borrowing func take(until deadline: Int64) -> LockOutcome {
        while true {
            var byte: UInt8 = 0
            if unsafe read(pipe, &byte, 1) == 1 { return .acquired }
            guard errno == EAGAIN || errno == EINTR else { return .failed(Errno(rawValue: errno)) }
            if deadline == 0 { return .busy }
            if shm_wait_readable_until(pipe, deadline) == -ETIMEDOUT { return .busy }
        }
    }

    /// Opens the FIFO and registers this participant with a shared lock.
    private static func joined(_ area: UnsafeMutableRawPointer, of file: FileDescriptor) throws(Errno) -> Int32 {
        let pipe = try unsafe NamedObject.findOrMake(
            area, of: file,
            open: { (name) throws(Errno) in try open(name) },
            make: { (name, mode) throws(Errno) in
                if unsafe mkfifo(path(name), mode) != 0 { throw Errno(rawValue: errno) }
                unsafe _ = chmod(path(name), mode)
                return try open(name)
            },
            remove: { unsafe _ = unlink(path($0)) })
        do throws(Errno) {
            try join(pipe, of: file)
            return pipe
        } catch {
            close(pipe)
            throw error
        }
    }

    private static func path(_ name: String) -> String { "\(SegmentFile.directory)/\(name)" }

    private static func put(in pipe: Int32) -> Bool {
        var token: UInt8 = 1
        return unsafe write(pipe, &token, 1) == 1
    }

    private static func open(_ name: String) throws(Errno) -> Int32 {
        // Read and write: then there is always a reader, and no SIGPIPE.
        let opened = try SystemCall.retrying {
            unsafe shm_open_path(path(name), O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0)
        }
        let pipe = try SystemCall.descriptor(opened).rawValue
        guard let status = try? SegmentFile.status(of: FileDescriptor(rawValue: pipe)),
            status.st_mode & S_IFMT == S_IFIFO
        else {
            close(pipe)
            throw .invalidArgument
        }
        return pipe
    }

    /// Puts the token in if this participant is the only one.
    private static func join(_ pipe: Int32, of file: FileDescriptor) throws(Errno) {
        try NamedObject.takeSetup(of: file)
        defer { RecordLock.release(.lockSetup, of: file) }
        if flock(pipe, LOCK_EX | LOCK_NB) == 0 {
            var byte: UInt8 = 0
            while unsafe read(pipe, &byte, 1) == 1 {}
            guard put(in: pipe) else { throw .ioError }
        }
        if flock(pipe, LOCK_SH | LOCK_NB) != 0 { throw Errno(rawValue: errno) }
    }
}

extension LockKind {
    /// A token in a FIFO.
    public static let pipeToken = LockKind(PipeTokenLock.self)
}
