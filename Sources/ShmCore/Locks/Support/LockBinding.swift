public import SystemPackage

/// What a participant needs to reach its lock: memory and a descriptor.
@_spi(Bench) @safe public struct LockBinding: ~Copyable {
    /// The lock's area in this process's mapping, aligned to 128 bytes.
    public let area: UnsafeMutableRawPointer

    /// The number of participants that the area was initialised for.
    public let participants: Int

    /// The descriptor of the segment's file, for locks that the kernel keeps with a file. The segment owns it.
    public let file: FileDescriptor

    /// Describes where a lock lies.
    ///
    /// - Parameters:
    ///   - area: at least `bytesNeeded(participants:)` initialised bytes, aligned to 128, valid while the lock is used.
    ///   - participants: the number of participants that the area was initialised for.
    ///   - file: the segment's file; it must stay open while the lock is used.
    public init(area: UnsafeMutableRawPointer, participants: Int, file: FileDescriptor) {
        unsafe self.area = area
        self.participants = participants
        self.file = file
    }

    /// Opens the segment's file again, which gives this participant an open file description of its own: `flock(2)`
    /// locks and open-file-description locks do not conflict within one description. The caller closes the result.
    public borrowing func reopenFile() throws(Errno) -> FileDescriptor {
        try SegmentFile.reopen(file)
    }
}
