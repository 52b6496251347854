internal import Glibc
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// A results file that is written beside the one that it takes the place of: a reader finds the old one or the new one,
/// whole.
struct ReplacedFile {
    private let path: String
    private let draft: String
    /// Whether there is one to be replaced. It is locked until the program ends: of two runs, one refuses.
    private let exists: Bool

    /// Tries it: what cannot be written, or is not to be, is found before anything is measured.
    init(_ path: String) throws {
        // Where a link leads is replaced, and not the link.
        let resolved = unsafe realpath(path, nil)
        defer { unsafe free(resolved) }
        self.path = unsafe resolved.map { unsafe String(cString: $0) } ?? path
        // No other process has this name, in this namespace or another.
        draft = "\(self.path).new-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        var facts = stat()
        exists = unsafe stat(path, &facts) == 0
        if exists {
            guard facts.st_mode & S_IFMT == S_IFREG else {
                throw Failure("cannot write the baseline \(path): it is no ordinary file; name another", code: .usage)
            }
            try claim()
        } else if unsafe lstat(path, &facts) == 0 {
            throw Failure("cannot write the baseline \(path): it is a link that leads nowhere", code: .usage)
        }
        try write("")
        // Should nothing come of it, nothing is left.
        unsafe unlink(draft)
    }

    func publish(_ text: String) throws {
        try write(text)
        if !exists {
            // Who makes an empty file has the name: nothing that has come meanwhile is replaced.
            let claim = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
            if claim < 0 {
                let reason = Errno(rawValue: errno)
                unsafe unlink(draft)
                if reason != .fileExists { throw failure(reason) }
                throw Failure(
                    "cannot write the baseline \(path): another program has written a file of that name meanwhile, which is left as it is"
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
                "cannot write the baseline \(path): another run writes it; wait for that, or name another file")
        }
        if OwnFile.results(.csv).isBegun(in: file.rawValue) != true {
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
