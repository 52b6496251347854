internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// The file of `run --trace`. It is opened before the run, so that a path that cannot be written is found first.
struct TraceFile {
    private let file: OutputFile

    init(_ path: String) throws { file = try OutputFile(path, .trace, option: "--trace") }

    func discard() { file.discard() }

    /// Drops an older trace.
    func begin() throws { try file.begin() }

    func write(_ rows: [Row]) throws {
        var trace = ChromeTrace()
        let titles = LoadTitles(rows.map(\.cell.load))
        for row in rows {
            guard let events = row.result.figures?.events, events.contains(where: { !$0.isEmpty }) else { continue }
            trace.add(titles.brief(row.cell.lock.name, row.cell.load), events)
        }
        do throws(Errno) {
            try file.write(trace.json)
            try file.close()
        } catch { throw Failure("cannot write the trace to \(file.path): \(error); the results are complete") }
    }
}
