/// Reads results files (RFC 4180, schema 1) and validates every value. Errors name the file, the line and the column.
package enum ResultsReader {
    /// The types of the columns.
    package static let kinds = Dictionary(uniqueKeysWithValues: ResultColumn.all.map { ($0.name, $0.kind) })

    /// Reads the rows of a file; `-` is standard input.
    package static func read(_ path: String) throws -> [Record] {
        try rounds([FileContent(reading: path)])[0].records
    }

    /// Reads several files. A round that is in two of them is an error.
    ///
    /// - Parameter paths: `-` is standard input.
    package static func read(_ paths: [String]) throws -> [RecordedRounds] {
        var parser = RoundsParser()
        for path in paths { try parser.add(FileContent(reading: path)) }
        return try parser.separate()
    }

    /// Parses several files, of which the content is taken. A round that is in two of them is an error.
    package static func rounds(_ files: [FileContent]) throws -> [RecordedRounds] {
        var parser = RoundsParser()
        for file in files { try parser.add(file) }
        return try parser.separate()
    }

    /// Parses several files, and leaves out those that cannot be read, or have a round of an earlier one.
    package static func readable(_ files: [FileContent]) -> (rounds: [RecordedRounds], obstacles: [any Error]) {
        var parser = RoundsParser()
        let obstacles = files.compactMap { parser.addIfReadable($0) }
        return (parser.files, obstacles)
    }

    /// Parses the rows of a text.
    ///
    /// - Parameter path: the name of the file in error messages.
    package static func records(_ text: String, path: String) throws -> [Record] {
        try rounds([FileContent(text, path: path)])[0].records
    }
}
