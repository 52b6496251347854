internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import SystemPackage

/// The folder for the last events of failures.
struct ReportFolder {
    private var folder: OutputFolder?
    private let startedAt: Int

    private static let option = "--reports"

    /// Creates a folder that is named. The default folder is created for the first report.
    ///
    /// - Parameter kinds: locks that may get reports, after any of the faults.
    init(_ path: String?, startedAt: Int, _ kinds: [LockKind], _ faults: [Fault]) throws {
        self.startedAt = startedAt
        folder = try path.map { try OutputFolder($0, option: Self.option) }
        for kind in kinds {
            let names = faults.map { Self.name(kind, $0) }
            try folder?.check(names.map { "\($0).txt" }, .lastEvents, option: Self.option)
            try folder?.check(names.map { "\($0).trace.json" }, .trace, option: Self.option)
        }
    }

    /// Writes a report as text and as a trace; returns both names.
    mutating func write(_ report: FlightReport, repeatedBy command: String) throws -> String {
        let folder = try folder ?? Self.standard(at: startedAt)
        self.folder = folder
        let name = Self.name(report.lock, report.fault)
        var trace = ChromeTrace()
        trace.add("\(report.lock), \(report.fault.name)", report.events)
        try folder.write("\(name).txt", report.text() + "\nagain: \(command)\n", .lastEvents, option: Self.option)
        try folder.write("\(name).trace.json", trace.json, .trace, option: Self.option)
        return "\(folder.path)/\(name).txt, .trace.json"
    }

    private static func name(_ lock: LockKind, _ fault: Fault) -> String { "\(lock)-\(fault.name)" }

    /// A new folder of this run.
    private static func standard(at seconds: Int) throws -> OutputFolder {
        _ = unsafe mkdir("results", 0o777)
        let name = "results/stress-\(Timestamp.compact(seconds))"
        for suffix in [""] + (2...999).map({ "-\($0)" }) {
            do { return try OutputFolder(name + suffix, option: option, isNew: true) } catch Errno.fileExists {
                continue
            }
        }
        throw Failure("a thousand folders \(name)-… exist: name another with \(option)")
    }
}
