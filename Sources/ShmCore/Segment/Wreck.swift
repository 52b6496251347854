internal import Glibc
internal import SystemPackage

/// What is left of a segment whose control block another program has overwritten or cut off: a file that is ours by its mark
/// (``SegmentFile/mark``), and nothing else.
enum Wreck {
    /// Removes the file of that name, if it is one. Returns whether it was. What its lock had outside it stays: only the
    /// control block knew it.
    static func remove(_ name: String) throws(SegmentFailure) -> Bool {
        guard let status = try? SegmentFile.status(ofName: name), SegmentFile.isOurs(status, name: name),
            status.st_nlink == 1
        else { return false }
        let file: FileDescriptor
        do { file = try SegmentFile.open(name, writable: true) } catch { throw .opening(error, name: name) }
        defer { try? file.close() }
        do {
            // As every remover of a name does: between the comparison and the removal it cannot come to mean another file.
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
