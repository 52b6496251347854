internal import Glibc
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// The results file. It is opened before the run, so that a path that cannot be written is found first. A CSV gets each
/// row at the end of its round.
struct ResultsFile {
    static let endings = [".csv", ".json"]

    private let format: OutputFormat
    private let file: OutputFile

    var path: String { file.path }

    /// Opens the file, in the format of its ending. Its content stays until ``begin()``.
    ///
    /// - Parameter isNew: whether an existing file is an error; otherwise older results are replaced.
    init(_ path: String, isNew: Bool = false) throws {
        if path.hasSuffix(".csv") {
            format = .csv
        } else if path.hasSuffix(".json") {
            format = .json
        } else {
            throw Failure.invalid(
                path, for: "--output", expected: Notation<String>.file(Self.endings).expected)
        }
        file = try OutputFile(path, .results(format), option: "--output", isNew: isNew)
    }

    /// Drops older results, and writes the header.
    func begin() throws {
        try file.begin()
        if format == .csv { try write(CSV.header) }
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

    func append(_ row: Row) throws {
        if format == .csv { try write(CSV.line(row)) }
    }

    /// Writes the end of the document, and closes the file.
    func finish(_ report: Report) throws {
        if format == .json { try write(format.renderer.render(report, for: Page())) }
        do { try file.close() } catch { throw failure(error) }
    }

    private func write(_ text: String) throws {
        do { try file.write(text) } catch { throw failure(error) }
    }

    private func failure(_ errno: Errno) -> Failure {
        Failure(
            "cannot write the results to \(path): \(errno); \(format == .csv ? "what was written before is kept" : "a .csv gets each row as it comes")"
        )
    }
}
