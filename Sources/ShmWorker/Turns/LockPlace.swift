internal import Glibc
@_spi(Bench) internal import ShmCore
internal import SystemPackage

/// The memory in which the locks of a block of turns are made, one after another.
@safe struct LockPlace {
    private let area: UnsafeMutableRawPointer
    private let room: Int
    private let participants: Int
    private let file: FileDescriptor

    /// - Parameters:
    ///   - area: aligned to 128 bytes, in a mapping of the file.
    ///   - room: the size of the area, in bytes.
    ///   - participants: the number of participants that locks are made for.
    ///   - file: the file, for locks that the kernel keeps with one; open as long as this value is used.
    init(area: UnsafeMutableRawPointer, room: Int, participants: Int, file: FileDescriptor) {
        unsafe self.area = area
        (self.room, self.participants, self.file) = (room, participants, file)
    }

    /// The bytes that a lock of that kind needs, if there are too few of them; `nil` if there are enough.
    func lack<L: LockPrimitive & ~Copyable>(for _: L.Type) -> Int? {
        let size = L.bytesNeeded(participants: participants)
        return size > room ? size : nil
    }

    /// Makes a free lock of that kind, as the creation of a segment does. No process has a participant of the lock that
    /// was there before.
    func remake<L: LockPrimitive & ~Copyable>(_: L.Type) throws(Errno) {
        unsafe memset(area, 0, L.bytesNeeded(participants: participants))
        try unsafe L.initialise(area, participants: participants)
    }

    /// Makes a participant of the lock.
    func participant<L: LockPrimitive & ~Copyable>(of _: L.Type) throws(Errno) -> L {
        try L(unsafe LockBinding(area: area, participants: participants, file: file))
    }
}
