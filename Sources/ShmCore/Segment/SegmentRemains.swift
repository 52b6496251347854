internal import Glibc
internal import SystemPackage

/// The remains of a segment whose control block another program has overwritten or cut off: a file that only its mark
/// (``SegmentFile/mark``) identifies as ours.
enum SegmentRemains {
    /// Removes such a file. Returns `false` if the name belongs to another kind of file. The lock's objects outside the
    /// segment remain: only the control block named them.
    static func remove(_ name: String) throws(SegmentFailure) -> Bool {
        guard let status = try? SegmentFile.status(ofName: name), SegmentFile.isOurs(status, name: name),
            status.st_nlink == 1
        else { return false }
        let file: FileDescriptor
        do { file = try SegmentFile.open(name, writable: true) } catch { throw .opening(error, name: name) }
        defer { try? file.close() }
        do {
            // As every process that removes a name does: between the comparison and the removal the name cannot come to
            // refer to another file.
            try RecordLock.take(.removal, of: file)
            let found = try SegmentFile.status(of: file)
            guard FileIdentity(found) == (try? SegmentFile.status(ofName: name)).map(FileIdentity.init) else {
                return false
            }
            try SegmentFile.remove(name)
            return true
        } catch { throw SegmentFailure(error) }
    }
}
