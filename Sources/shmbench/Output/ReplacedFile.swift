internal import Glibc
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// A results file that is written beside the one it replaces: a reader finds either the complete old file or the complete
/// new one.
struct ReplacedFile {
    private let path: String
    private let draft: String
    /// Whether a file is replaced. It is locked until the program ends, so a second run is refused.
    private let exists: Bool

    /// Checks that the file can and may be written, before anything is measured.
    init(_ path: String) throws {
        // The target of a link is replaced, not the link.
        let resolved = unsafe realpath(path, nil)
        defer { unsafe free(resolved) }
        self.path = unsafe resolved.map { unsafe String(cString: $0) } ?? path
        // No other process has this name, in this namespace or another.
        draft = "\(self.path).new-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        var facts = stat()
        exists = unsafe stat(path, &facts) == 0
        if exists {
            guard facts.st_mode & S_IFMT == S_IFREG else {
                throw Failure(
                    "cannot write the baseline \(path): it is not a regular file; name another with --baseline",
                    code: .usage)
            }
            try claim()
        } else if unsafe lstat(path, &facts) == 0 {
            throw Failure(
                "cannot write the baseline \(path): it is a link to a file that does not exist; name another with --baseline",
                code: .usage)
        }
        try write("")
        // If the run fails, nothing is left.
        unsafe unlink(draft)
    }

    func publish(_ text: String) throws {
        try write(text)
        if !exists {
            // Creating an empty file claims the name: a file that another program has created is not replaced.
            let claim = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
            if claim < 0 {
                let reason = Errno(rawValue: errno)
                unsafe unlink(draft)
                if reason != .fileExists { throw failure(reason) }
                throw Failure(
                    "cannot write the baseline \(path): another program has created a file of that name, which is left as it is; name another with --baseline"
                )
            }
            Glibc.close(claim)
        }
        if unsafe rename(draft, path) != 0 {
            let reason = Errno(rawValue: errno)
            unsafe unlink(draft)
            throw failure(reason)
        }
    }

    private func claim() throws {
        let file: FileDescriptor
        do { file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec]) } catch {
            throw failure(error)
        }
        if flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            throw Failure(
                "cannot write the baseline \(path): another run writes it; wait for its end, or name another with --baseline"
            )
        }
        if OwnFile.document(.run, .csv).isBegun(in: file.rawValue) != true {
            throw Failure("\(Baseline.foreign(path)); name another file, or move it away", code: .usage)
        }
    }

    private func write(_ text: String) throws {
        do {
            let file = try FileDescriptor.open(
                FilePath(draft), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            _ = try file.closeAfter { try file.writeAll(text.utf8) }
        } catch {
            unsafe unlink(draft)
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> Failure {
        Failure("cannot write the baseline \(path): \((error as? Errno)?.description ?? "\(error)")")
    }
}
