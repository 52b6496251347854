internal import ShmRecord
internal import SystemPackage

/// The results of all tasks in one file.
struct MergedResults {
    private let files: [TaskResults]

    init(_ files: [TaskResults]) { self.files = files }

    /// The columns of all files: those of the file with most of them, and then what only others have.
    private var columns: [String] {
        let widest = files.map(\.columns).max { $0.count < $1.count } ?? []
        return (widest + files.flatMap(\.columns)).uniqued()
    }

    /// Replaces a file with the rows of all. Files with the same columns are copied as they are.
    func write(to path: String) throws {
        guard !files.isEmpty else { return }
        let columns = columns
        let draft = "\(path).new"
        try FileTree.writing(draft) { output in
            _ = try output.writeAll(CSV.document(columns, []).utf8)
            for file in files {
                if file.columns == columns {
                    let body = file.text.utf8.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
                    _ = try output.writeAll(body)
                } else {
                    _ = try output.writeAll(Self.rearranged(file, columns).utf8)
                }
            }
        }
        try FileTree.rename(draft, to: path)
    }

    /// The rows of a file under other columns, as text without a header.
    private static func rearranged(_ file: TaskResults, _ columns: [String]) throws -> String {
        let places = columns.map { file.columns.firstIndex(of: $0) }
        let lines = try CSVLines(file.text, path: file.path).records.dropFirst()
        let rows = lines.filter { $0.fields.count == file.columns.count }.map { line in
            places.map { Value.text($0.map { line.fields[$0] } ?? "") }
        }
        return String(CSV.document([], rows).drop { !$0.isNewline }.dropFirst())
    }
}
