internal import ShmCoordinator
internal import SystemPackage

/// The file for `run --trace`: opened before the run, so that a path that cannot be written is found first.
struct TraceFile {
    private let path: String
    private let file: FileDescriptor

    init(_ path: String) throws {
        self.path = path
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Failure("cannot write the trace to \(path): \(Self.reason(error)); name another file with --trace")
        }
    }

    func write(_ rows: [Row]) throws {
        var trace = ChromeTrace()
        for row in rows {
            guard let events = row.result.figures?.events, events.contains(where: { !$0.isEmpty }) else { continue }
            let scenario = row.cell.scenario == "default" ? "" : "\(row.cell.scenario): "
            trace.add("\(scenario)\(row.cell.lock) × \(row.cell.workers)", events)
        }
        do { try file.closeAfter { _ = try file.writeAll(trace.json.utf8) } } catch {
            throw Failure("cannot write the trace to \(path): \(Self.reason(error)); the results are complete")
        }
    }

    private static func reason(_ error: any Error) -> String { (error as? Errno)?.description ?? "\(error)" }
}
