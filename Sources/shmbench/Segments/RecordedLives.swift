internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// The times of segments in results files of `lifecycle`.
struct RecordedLives {
    let timings: [SegmentLife.Timing]
    let life: SegmentLifeRequest
    let files: [RecordedRows]

    /// - Parameter texts: the names and contents of the files.
    init(_ texts: [(path: String, text: String)]) throws {
        files = try texts.map { path, text in
            try RecordedRows(
                text, path: path, SegmentLifeColumn.all, schema: SegmentLifeColumn.schema, of: "lifecycle")
        }
        let rows = files.flatMap(\.rows)
        try rows.refuse(repeated: ["lock", "operation", "attachments"])
        try rows.refuse(different: ["size_bytes"])
        // Files of older versions do not have the size.
        let size = rows[0].text("size_bytes").isEmpty ? nil : rows[0].count("size_bytes")
        timings = try rows.map { row in
            SegmentLife.Timing(
                lock: try LockKind(row), operation: row.text("operation"), attachments: row.count("attachments"),
                size: size, times: OperationTimes(row))
        }
        life = SegmentLifeRequest(size: size, samples: rows.map { $0.count("samples") }.max() ?? 0)
    }
}
