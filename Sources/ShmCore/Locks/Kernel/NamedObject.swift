internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// An object of a lock that lies outside the segment and has a name: a named semaphore, a message queue, a FIFO or a
/// file.
///
/// Such an object outlives processes, so it must always be reachable from a segment that is reachable. The first
/// participant therefore creates it *after* the segment has its name, under a record lock that the kernel drops if that
/// process dies, and with a name that the area holds *before* the object exists. If the creator dies, the next
/// participant finds and removes what it left. Destroying the segment removes the object.
///
///     0   the lock's own word
///     8   the name, a number: a random half and its checksum; 0 before it is chosen
///     16  nonzero once the object is ready
enum NamedObject {
    static let byteCount = 24
    /// The prefix of all names; a hexadecimal number follows.
    static let prefix = "shmcore-"

    /// Opens the object. The first participant creates it.
    ///
    /// - Parameters:
    ///   - open: opens the object of a name.
    ///   - make: creates the object with a name and permissions. Throws `EEXIST` if the name is in use.
    ///   - remove: removes an object of that name, if there is one.
    static func findOrMake<Object>(
        _ area: UnsafeMutableRawPointer, of file: FileDescriptor,
        open: (String) throws(Errno) -> Object, make: (String, mode_t) throws(Errno) -> Object,
        remove: (String) -> Void
    ) throws(Errno) -> Object {
        // Acquire: pairs with the release below, so an object that is observed as ready is complete.
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
                // Incomplete, for want of descriptors, for example: no process would find it.
                remove(name)
                throw error
            }
        }
    }

    /// Removes an object of that name and of any type. For processes that cannot become participants of the lock.
    static func removeAny(_ name: String) {
        for file in [name, "sem." + name] { try? SegmentFile.remove(file) }
        unsafe _ = shm_queue_remove("/" + name)
    }

    /// The name of the object that the area refers to; `nil` if it has none. The object need not exist.
    static func name(in area: UnsafeMutableRawPointer) -> String? {
        let number = unsafe area.longWord(at: 8).pointee.load(ordering: .acquiring)
        return number == 0 ? nil : prefix + String(number, radix: 16)
    }

    /// Whether a name is one of these. The number contains its own checksum, which tells it from a name that a user
    /// chose.
    static func isName(_ name: some StringProtocol) -> Bool {
        guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count), radix: 16) else { return false }
        return number == withChecksum(UInt32(truncatingIfNeeded: number >> 32))
            && name == prefix + String(number, radix: 16)
    }

    private static func newNumber() -> UInt64 { withChecksum(.random(in: 0x1000_0000 ... .max)) }

    private static func withChecksum(_ random: UInt32) -> UInt64 {
        let checksum = Checksum.fnv1a("\(prefix)\(random)".utf8)
        return UInt64(random) << 32 | UInt64(UInt32(truncatingIfNeeded: checksum))
    }

    private static func readyName(in area: UnsafeMutableRawPointer) -> String? {
        let isReady = unsafe area.word(at: 16).pointee.load(ordering: .acquiring) != 0
        return isReady ? unsafe name(in: area) : nil
    }

    /// Locks the setup byte. Setup takes microseconds, but a process that is stopped during it must not block the
    /// others for ever: throws `EAGAIN` after a second.
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
