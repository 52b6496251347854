internal import Glibc
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// The file that keeps the results: opened before the run, so that a path that cannot be written is found first; a
/// CSV gets each row as soon as its round is over.
struct ResultsFile {
    private let format: OutputFormat
    private let file: OutputFile

    var path: String { file.path }

    /// Opens the file, by the kind that its ending names, and changes nothing in it until ``begin()``.
    ///
    /// - Parameter isNew: whether a file of that name is an error; otherwise older results are replaced.
    init(_ path: String, isNew: Bool = false) throws {
        if path.hasSuffix(".csv") {
            format = .csv
        } else if path.hasSuffix(".json") {
            format = .json
        } else {
            throw Failure("--output \(path): the ending must be .csv or .json", code: .usage)
        }
        file = try OutputFile(path, .results(format), option: "--output", isNew: isNew)
    }

    /// Drops older results, and writes what comes first.
    func begin() throws {
        try file.begin()
        if format == .csv { try write(CSV.header) }
    }

    /// The file that is used when the user names none: `results/run-TIME.csv` in the working directory.
    static func standard(at seconds: Int) throws -> ResultsFile {
        if unsafe mkdir("results", 0o777) != 0 && errno != EEXIST {
            throw Failure("cannot make the folder results here: \(Errno(rawValue: errno)); name a file with --output")
        }
        let name = "results/run-\(Timestamp.compact(seconds))"
        // Two runs may begin within a second, in one PID namespace or in two: who makes a file has it.
        for suffix in [""] + (2...999).map({ "-\($0)" }) {
            do { return try ResultsFile("\(name)\(suffix).csv", isNew: true) } catch Errno.fileExists { continue }
        }
        throw Failure("there are a thousand files \(name)-….csv: name a file with --output")
    }

    func append(_ row: Row) throws {
        if format == .csv { try write(CSV.line(row)) }
    }

    /// Writes what is written at the end, and ends the file.
    func finish(_ rows: [Row]) throws {
        if format == .json {
            let records = Report.Records(rows)
            try write(JSON.document(schema: records.schema, records.names, records.rows))
        }
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
