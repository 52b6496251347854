internal import Glibc
internal import ShmCoordinator
internal import ShmRecord
internal import SystemPackage

/// Files and folders of a fleet folder, with errors in one line.
package enum FileTree {
    static var workingFolder: String {
        let path = unsafe getcwd(nil, 0)
        defer { unsafe free(path) }
        return unsafe path.map { unsafe String(cString: $0) } ?? "."
    }

    /// The path without links; the path itself if nothing is there.
    static func resolved(_ path: String) -> String {
        let resolved = unsafe realpath(path, nil)
        defer { unsafe free(resolved) }
        return unsafe resolved.map { unsafe String(cString: $0) } ?? path
    }

    static func makeFolder(_ path: String) throws {
        if unsafe mkdir(path, 0o777) != 0 && errno != EEXIST { throw failure("create", path) }
    }

    /// The names in a folder, sorted, but for `.` and `..`.
    static func names(in path: String) throws -> [String] {
        guard let folder = unsafe opendir(path) else { throw failure("read", path) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether a path is a regular file, without following a link.
    static func isRegular(_ path: String) -> Bool {
        var facts = stat()
        return unsafe lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    /// The text of a regular file: what another machine wrote may be a pipe, or a link elsewhere.
    ///
    /// - Parameter limit: in bytes; what follows is left out.
    static func text(_ path: String, atMost limit: Int) throws -> String {
        String(decoding: try bytes(path, atMost: limit), as: UTF8.self)
    }

    /// The last bytes of a regular file as text, without a cut line at the beginning.
    static func end(_ path: String, bytes limit: Int) -> String {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return "" }
        let start = max(0, Int(facts.st_size) - limit)
        let text = (try? bytes(path, atMost: limit, from: start)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return start == 0 ? text : String(text.drop { !$0.isNewline })
    }

    static func bytes(_ path: String, atMost limit: Int, from start: Int = 0) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if descriptor < 0 { throw failure("read", path) }
        let file = FileDescriptor(rawValue: descriptor)
        defer { try? file.close() }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw Failure("cannot read \(path): it is not a regular file")
        }
        if start > 0 { _ = lseek(descriptor, off_t(start), SEEK_SET) }
        var bytes: [UInt8] = []
        do {
            while bytes.count < limit {
                let part = try unsafe [UInt8](unsafeUninitializedCapacity: min(1 << 18, limit - bytes.count)) {
                    buffer, count in
                    count = unsafe try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { break }
                bytes += part
            }
        } catch { throw Failure("cannot read \(path): \(error)") }
        return bytes
    }

    /// Writes a file anew.
    static func write(_ text: String, to path: String, isProgram: Bool = false) throws {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        if !folder.isEmpty { try makeFolder(folder) }
        try writing(path, isProgram: isProgram) { file in _ = try file.writeAll(text.utf8) }
    }

    /// Writes beside a file and renames: a reader finds the old file or the new one, complete.
    static func replace(_ path: String, with text: String) throws {
        let draft = "\(path).new"
        try write(text, to: draft)
        try rename(draft, to: path)
    }

    /// Gives a file another name, in place of a file of that name.
    static func rename(_ path: String, to other: String) throws {
        if unsafe Glibc.rename(path, other) != 0 { throw failure("write", other) }
    }

    /// Creates or truncates a file, and writes it.
    static func writing(_ path: String, isProgram: Bool = false, _ body: (FileDescriptor) throws -> Void) throws {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: isProgram
                    ? [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]
                    : [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { try body(file) }
        } catch let error as Errno { throw Failure("cannot write \(path): \(error)") }
    }

    /// Copies a file's bytes.
    static func copy(_ source: String, to target: String, isProgram: Bool) throws {
        let descriptor = unsafe open(source, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw failure("read", source) }
        let file = FileDescriptor(rawValue: descriptor)
        defer { try? file.close() }
        try writing(target, isProgram: isProgram) { output in
            while true {
                let part = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
                    count = unsafe try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { return }
                _ = try output.writeAll(part)
            }
        }
    }

    /// Removes a folder of files and folders; links are removed, not followed. What cannot be removed stays.
    static func remove(_ path: String) {
        var facts = stat()
        if unsafe lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            for name in (try? names(in: path)) ?? [] { remove("\(path)/\(name)") }
            unsafe rmdir(path)
        } else {
            unsafe unlink(path)
        }
    }

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure("cannot \(what) \(path): \(Errno(rawValue: errno))")
    }
}
