internal import Glibc
internal import ShmRecord
internal import SystemPackage

/// A folder that a run fills. It is created if it does not exist, and locked until the program ends.
struct OutputFolder {
    let path: String

    /// - Parameters:
    ///   - option: the option that names the folder, for messages.
    ///   - isNew: whether an existing folder is an error, `EEXIST`.
    init(_ path: String, option: String, isNew: Bool = false) throws {
        self.path = path
        if unsafe mkdir(path, 0o777) != 0 {
            if isNew && errno == EEXIST { throw Errno.fileExists }
            if errno != EEXIST { throw Self.failure(path, option) }
        }
        // The kernel releases the lock when this process ends, so nothing is left over.
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw Self.failure(path, option) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            close(descriptor)
            throw Failure("cannot use the folder \(path): another run fills it; name another folder with \(option)")
        }
        if unsafe access(path, W_OK) != 0 { throw Self.failure(path, option) }
    }

    /// Refuses the folder if a file that will be written is not this program's.
    func check(_ names: [String], _ kind: OwnFile, option: String) throws {
        for name in names where unsafe access("\(path)/\(name)", F_OK) == 0 {
            try OutputFile("\(path)/\(name)", kind, option: option).close()
        }
    }

    /// Writes a file in it, and replaces an older one.
    func write(_ name: String, _ text: String, _ kind: OwnFile, option: String) throws {
        let file = try OutputFile("\(path)/\(name)", kind, option: option)
        do {
            try file.begin()
            try file.write(text)
            try file.close()
        } catch let errno as Errno {
            throw Failure("cannot write \(file.path): \(errno); name another folder with \(option)")
        }
    }

    private static func failure(_ path: String, _ option: String) -> Failure {
        Failure("cannot create the folder \(path): \(Errno(rawValue: errno)); name another folder with \(option)")
    }
}
