public import SystemPackage

/// Where one participant finds its lock.
@_spi(Bench) @safe public struct LockBinding: ~Copyable {
    /// The lock's area in this process's mapping, aligned to 128 bytes.
    public let area: UnsafeMutableRawPointer

    /// The largest number of participants that the area was initialised for.
    public let participants: Int

    /// The descriptor of the segment's file, for locks that live in the kernel. Owned by the segment.
    public let file: FileDescriptor

    /// Describes a lock's place.
    ///
    /// - Parameters:
    ///   - area: at least `bytesNeeded(participants:)` initialised bytes, aligned to 128, valid while the lock is used.
    ///   - participants: what the area was initialised for.
    ///   - file: the file that every participant has open; it must stay open while the lock is used.
    public init(area: UnsafeMutableRawPointer, participants: Int, file: FileDescriptor) {
        unsafe self.area = area
        self.participants = participants
        self.file = file
    }

    /// Opens the segment's file once more, as an open file description of this participant's own: `flock(2)` and
    /// open-file-description locks cannot conflict within one description. The caller closes it.
    public borrowing func reopenFile() throws(Errno) -> FileDescriptor {
        try SegmentFile.reopen(file)
    }
}
