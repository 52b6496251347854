internal import Glibc
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// A results file (CSV), which gets each row at the end of its round. It is opened before the run, so that a path that
/// cannot be written is found first.
struct ResultsFile {
    private let file: OutputFile

    var path: String { file.path }

    /// Opens the file. Its content stays until ``begin()``.
    ///
    /// - Parameter isNew: whether an existing file is an error; otherwise older results are replaced.
    init(_ path: String, isNew: Bool = false) throws {
        file = try OutputFile(path, .document(.run, .csv), option: "--output", isNew: isNew)
    }

    /// Drops older results, and writes the header.
    func begin() throws {
        try file.begin()
        try write(CSV.header)
    }

    /// The default file: `results/run-TIME.csv` in the working directory.
    static func standard(at seconds: Int) throws -> ResultsFile {
        if unsafe mkdir("results", 0o777) != 0 && errno != EEXIST {
            throw Failure("cannot create the folder results: \(Errno(rawValue: errno)); name a file with --output")
        }
        let name = "results/run-\(Timestamp.compact(seconds))"
        // Two runs may begin within a second, also in two PID namespaces: creating the file claims the name.
        for suffix in [""] + (2...999).map({ "-\($0)" }) {
            do { return try ResultsFile("\(name)\(suffix).csv", isNew: true) } catch Errno.fileExists { continue }
        }
        throw Failure("a thousand files \(name)-….csv exist: name another with --output")
    }

    /// Removes a file that this value has created, if the command is refused before ``begin()``.
    func discard() { file.discard() }

    func append(_ row: Row) throws { try write(CSV.line(row)) }

    /// Closes the file.
    func finish() throws {
        do { try file.close() } catch { throw failure(error) }
    }

    private func write(_ text: String) throws {
        do { try file.write(text) } catch { throw failure(error) }
    }

    private func failure(_ errno: Errno) -> Failure {
        Failure("cannot write the results to \(path): \(errno); what was written before is kept")
    }
}
