internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// What a lock has outside its segment, under a name of its own: a named semaphore, a queue, a FIFO, a file.
///
/// Such an object outlives processes, so it must always be reachable from a segment that is. It is therefore made by the
/// first participant *after* the segment has its name, under a record lock that the kernel drops should its maker die,
/// and under a name that the area holds *before* the object exists: whoever comes next finds and removes what a dead maker
/// left. Destroying the segment removes it.
///
///     0   for the lock itself
///     8   the name, a number: a random half, and a checksum of that; 0: none yet
///     16  non-zero when the object is ready
enum NamedObject {
    static let byteCount = 24
    /// What all names begin with; the number follows in hexadecimal.
    static let prefix = "shmcore-"

    /// Finds the object, or makes it when this is the first participant.
    ///
    /// - Parameters:
    ///   - open: opens what has that name.
    ///   - make: makes it, with those permissions. Throws `EEXIST` where the name is taken.
    ///   - remove: removes what may have that name.
    static func findOrMake<Object>(
        _ area: UnsafeMutableRawPointer, of file: FileDescriptor,
        open: (String) throws(Errno) -> Object, make: (String, mode_t) throws(Errno) -> Object,
        remove: (String) -> Void
    ) throws(Errno) -> Object {
        // Acquire: pairs with the release below, so that an object that is seen as ready is.
        if let name = unsafe readyName(in: area) { return try open(name) }
        try takeSetup(of: file)
        defer { RecordLock.release(.lockSetup, of: file) }
        if let name = unsafe readyName(in: area) { return try open(name) }
        if let leftover = unsafe name(in: area) { remove(leftover) }
        let mode = try SegmentFile.status(of: file).st_mode & 0o666
        while true {
            unsafe area.longWord(at: 8).pointee.store(newNumber(), ordering: .sequentiallyConsistent)
            guard let name = unsafe name(in: area) else { continue }
            do throws(Errno) {
                let object = try make(name, mode)
                unsafe area.word(at: 16).pointee.store(1, ordering: .releasing)
                return object
            } catch {
                if error == .fileExists { continue }
                // Half made, for want of descriptors, say: no process would find it.
                remove(name)
                throw error
            }
        }
    }

    /// Removes whatever has that name, of whichever kind: for whoever cannot take part in the lock that it belongs to.
    static func removeAny(_ name: String) {
        for file in [name, "sem." + name] { try? SegmentFile.remove(file) }
        unsafe _ = shm_queue_remove("/" + name)
    }

    /// What the object in an area is called, if there may be one.
    static func name(in area: UnsafeMutableRawPointer) -> String? {
        let number = unsafe area.longWord(at: 8).pointee.load(ordering: .acquiring)
        return number == 0 ? nil : prefix + String(number, radix: 16)
    }

    /// Whether a name is one of these. A person does not choose a number that contains its own checksum.
    static func isName(_ name: some StringProtocol) -> Bool {
        guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count), radix: 16) else { return false }
        return number == withChecksum(UInt32(truncatingIfNeeded: number >> 32))
            && name == prefix + String(number, radix: 16)
    }

    private static func newNumber() -> UInt64 { withChecksum(.random(in: 0x1000_0000 ... .max)) }

    private static func withChecksum(_ random: UInt32) -> UInt64 {
        let checksum = SegmentHeader.checksum("\(prefix)\(random)".utf8)
        return UInt64(random) << 32 | UInt64(UInt32(truncatingIfNeeded: checksum))
    }

    private static func readyName(in area: UnsafeMutableRawPointer) -> String? {
        let isReady = unsafe area.word(at: 16).pointee.load(ordering: .acquiring) != 0
        return isReady ? unsafe name(in: area) : nil
    }

    /// Making an object takes microseconds; one that is stopped half-way must not stop the others for ever. Throws
    /// `EAGAIN` after a second.
    static func takeSetup(of file: FileDescriptor) throws(Errno) {
        let patience = Deadline.after(.seconds(1))
        while true {
            do {
                return try RecordLock.take(.lockSetup, of: file)
            } catch {
                guard error == .resourceTemporarilyUnavailable, !patience.hasPassed else { throw error }
                usleep(100)
            }
        }
    }
}
