import Glibc
import SystemPackage
import Testing

@testable import ShmCore

/// A segment's file, or any other object of its name, accessed without the library as any other program does.
enum RawFile {
    static func path(_ key: String) -> String {
        (try? SegmentKey.name(of: key)).map(SegmentFile.path) ?? "/dev/shm/no such name"
    }

    /// The content of the whole file.
    static func read(_ key: String) -> [UInt8] {
        let file = unsafe open(path(key), O_RDONLY)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        return Array(bytes.prefix(max(0, count)))
    }

    /// Writes bytes at an offset of an existing file.
    static func write(_ bytes: [UInt8], to key: String, at offset: Int) {
        let file = unsafe open(path(key), O_WRONLY)
        put(bytes, into: file, at: offset)
        close(file)
    }

    /// Creates a file with that content, or replaces the content of an existing one in place.
    static func replace(_ key: String, with bytes: [UInt8]) {
        let file = unsafe open(path(key), O_RDWR | O_CREAT, 0o600)
        put(bytes, into: file, at: 0)
        if ftruncate(file, bytes.count) != 0 { Issue.record("ftruncate: \(Errno(rawValue: errno))") }
        close(file)
    }

    /// A file that is not as the test wants it would be blamed on the segment.
    private static func put(_ bytes: [UInt8], into file: CInt, at offset: Int) {
        let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, offset) }
        if count != bytes.count {
            Issue.record("\(count) of \(bytes.count) bytes were written: \(Errno(rawValue: errno))")
        }
    }

    static func truncate(_ key: String, to size: Int) { _ = unsafe Glibc.truncate(path(key), size) }

    /// The status of the object with that name, without following links; `nil` if there is none.
    static func status(_ key: String) -> stat? {
        var status = stat()
        return unsafe lstat(path(key), &status) == 0 ? status : nil
    }

    static func exists(_ key: String) -> Bool { status(key) != nil }

    static func permissions(_ key: String) -> mode_t? { status(key).map { $0.st_mode & 0o7777 } }

    static func remove(_ key: String) {
        guard unsafe unlink(path(key)) != 0, errno == EISDIR else { return }
        unsafe rmdir(path(key))
    }

    /// The names of a user's files.
    static func names(ofUser user: uid_t) -> [String] {
        ((try? SegmentFile.names()) ?? []).filter { (try? SegmentFile.status(ofName: $0))?.st_uid == user }
    }
}
