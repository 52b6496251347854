internal import CBench
internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmRecord
internal import SystemPackage

/// One call of another program, with a time limit. Its output goes to files without names, so neither side waits for the
/// other. Releasing it kills the program.
final class ExternalCall {
    /// What the program gets on its standard input.
    enum Input {
        case nothing
        case text(String)
        case file(String)
    }

    /// What a program has answered.
    struct Answer {
        let exit: ChildProcess.Exit
        let text: String
        /// The last line of its standard error.
        let complaint: String

        var isSuccess: Bool { exit == .code(0) }
    }

    /// What is being done, for messages, as in `cannot submit the jobs`.
    private let purpose: String
    private let program: ExternalProgram
    private let child: ChildProcess
    private let output: FileDescriptor
    private let errors: FileDescriptor
    private let limit: Duration
    private let deadline: Deadline

    /// The size limit of an answer, bytes.
    private static let longest = 64 << 20

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - purpose: what cannot be done if it fails, as in `submit the jobs`.
    ///   - outputFile: where its output goes; by default the answer has it.
    ///   - limit: when it is killed.
    init(
        _ program: ExternalProgram, _ arguments: [String], to purpose: String, input: Input = .nothing,
        outputFile: String? = nil, limit: Duration
    ) throws {
        self.purpose = purpose
        self.program = program
        self.limit = limit
        deadline = .after(limit)
        do {
            output = try outputFile.map(Self.created) ?? Self.unnamed()
            errors = try Self.unnamed()
            let source = try Self.opened(input)
            defer { try? source.close() }
            child = try ChildProcess(program.path, arguments, input: source, output: output, errors: errors)
        } catch let error as Errno {
            throw Failure("cannot \(purpose): \(program.path) does not start: \(RefusalReason.reason(error))")
        }
    }

    deinit {
        child.end()
        try? output.close()
        try? errors.close()
    }

    /// Whether it still runs; kills it if its time is over.
    var isRunning: Bool {
        guard child.isRunning else { return false }
        if deadline.hasPassed {
            isLate = true
            child.end()
            return false
        }
        return true
    }

    private var isLate = false

    /// The answer of a program that has ended.
    ///
    /// - Throws: ``Failure`` if its time was over.
    func answer() throws -> Answer {
        if isLate {
            throw Failure(
                "cannot \(purpose): `\(program.name)` did not end within \(limit.components.seconds) s\(Self.clause(complaint))"
            )
        }
        return Answer(
            exit: child.awaitExit(), text: String(decoding: Self.content(output), as: UTF8.self), complaint: complaint)
    }

    /// The failure of a program that has ended with another code than 0.
    func failure(_ answer: Answer) -> Failure {
        Failure("cannot \(purpose): `\(program.name)` \(answer.exit.description)\(Self.clause(answer.complaint))")
    }

    private var complaint: String {
        PlainWords.lastLine(String(decoding: Self.content(errors).suffix(8192), as: UTF8.self))
    }

    private static func clause(_ complaint: String) -> String { complaint.isEmpty ? "" : ": \(complaint)" }

    // MARK: Files

    private static func unnamed() throws(Errno) -> FileDescriptor {
        let descriptor = bench_unnamed_file()
        if descriptor < 0 { throw Errno(rawValue: -descriptor) }
        return FileDescriptor(rawValue: descriptor)
    }

    private static func created(_ path: String) throws(Errno) -> FileDescriptor {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: descriptor)
    }

    private static func opened(_ input: Input) throws -> FileDescriptor {
        switch input {
        case .nothing: return try FileDescriptor.open(FilePath("/dev/null"), .readOnly, options: [.closeOnExec])
        case .file(let path): return try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        case .text(let text):
            let file = try unnamed()
            _ = try file.writeAll(text.utf8)
            _ = lseek(file.rawValue, 0, SEEK_SET)
            return file
        }
    }

    private static func content(_ file: FileDescriptor) -> [UInt8] {
        var facts = stat()
        guard unsafe fstat(file.rawValue, &facts) == 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: min(longest, Int(facts.st_size)))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(file.rawValue, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(done))
            }
            if count <= 0 { break }
            done += count
        }
        return Array(bytes[..<done])
    }
}
