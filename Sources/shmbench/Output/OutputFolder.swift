internal import Glibc
internal import ShmRecord
internal import SystemPackage

/// A folder that a run fills: made where there is none, and held for this run until the program ends.
struct OutputFolder {
    let path: String

    /// - Parameters:
    ///   - option: what the user names another folder with.
    ///   - isNew: whether one of that name is an error, `EEXIST`.
    init(_ path: String, option: String, isNew: Bool = false) throws {
        self.path = path
        if unsafe mkdir(path, 0o777) != 0 {
            if isNew && errno == EEXIST { throw Errno.fileExists }
            if errno != EEXIST { throw Self.failure(path, option) }
        }
        // Held by the kernel: nothing has to be removed, however this program ends.
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw Self.failure(path, option) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            close(descriptor)
            throw Failure("cannot use the folder \(path): another run fills it; name another one with \(option)")
        }
        if unsafe access(path, W_OK) != 0 { throw Self.failure(path, option) }
    }

    /// Refuses the folder where a file that will be written is somebody else's.
    func check(_ names: [String], _ kind: OwnFile, option: String) throws {
        for name in names where unsafe access("\(path)/\(name)", F_OK) == 0 {
            try OutputFile("\(path)/\(name)", kind, option: option).close()
        }
    }

    /// Writes a file of it, in the place of an older one.
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
        Failure("cannot make the folder \(path): \(Errno(rawValue: errno)); name another one with \(option)")
    }
}
