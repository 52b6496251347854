internal import Glibc
internal import ShmRecord

/// A program that others provide, found on the PATH.
struct ExternalProgram {
    let name: String
    let path: String

    /// Finds a program.
    ///
    /// - Parameter remedy: what to do if there is none.
    init(_ name: String, remedy: String) throws {
        self.name = name
        guard let path = Self.find(name) else {
            throw Failure("there is no `\(name)` on the PATH: \(remedy)")
        }
        self.path = path
    }

    /// Where a program is; `nil` if it is not on the PATH.
    static func find(_ name: String) -> String? {
        let folders = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        for folder in folders.split(separator: ":") {
            let path = "\(folder)/\(name)"
            var facts = stat()
            if unsafe stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, unsafe access(path, X_OK) == 0 {
                return path
            }
        }
        return nil
    }
}
