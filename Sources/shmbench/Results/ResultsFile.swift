internal import Glibc
internal import SystemPackage

/// The file that keeps the results: opened before the run, so that a path that cannot be written is found first; a
/// CSV gets each row as soon as its round is over.
struct ResultsFile {
    let path: String
    private let format: OutputFormat
    private let file: FileDescriptor

    /// Opens the file, by the kind that its ending names.
    ///
    /// - Parameter replacing: whether a file of that name is replaced; otherwise it is an error.
    init(_ path: String, replacing: Bool = true) throws {
        self.path = path
        if path.hasSuffix(".csv") {
            format = .csv
        } else if path.hasSuffix(".json") {
            format = .json
        } else {
            throw Failure("--output \(path): the ending must be .csv or .json", code: .usage)
        }
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly,
                options: [.create, replacing ? .truncate : .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Failure("cannot write the results to \(path): \(Self.reason(error)); name another file with --output")
        }
        if format == .csv { try write(CSV.header) }
    }

    /// The file that is used when the user names none: `results/run-TIME.csv` in the working directory.
    static func standard(at seconds: Int) throws -> ResultsFile {
        if unsafe mkdir("results", 0o777) != 0 && errno != EEXIST {
            let reason = Self.reason(Errno(rawValue: errno))
            throw Failure("cannot make the folder results here: \(reason); name a file with --output")
        }
        let name = "results/run-\(Timestamp.compact(seconds))"
        // Two runs may begin within a second; neither takes the other's file.
        let free = [""] + (2...9).map { "-\($0)" }
        let suffix = free.first { unsafe access("\(name)\($0).csv", F_OK) != 0 } ?? "-\(getpid())"
        return try ResultsFile("\(name)\(suffix).csv", replacing: false)
    }

    func append(_ row: Row) throws {
        if format == .csv { try write(CSV.line(row)) }
    }

    /// Writes what is written at the end, and makes all of it durable.
    func finish(_ rows: [Row]) throws {
        if format == .json { try write(JSON.document(rows)) }
        try? file.close()
    }

    private func write(_ text: String) throws {
        do { _ = try file.writeAll(text.utf8) } catch {
            throw Failure(
                "cannot write the results to \(path): \(Self.reason(error)); \(format == .csv ? "what was written before is kept" : "the file is cut short; a .csv gets each row as it comes")"
            )
        }
    }

    private static func reason(_ error: any Error) -> String { (error as? Errno)?.description ?? "\(error)" }
}
