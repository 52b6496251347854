internal import Glibc
internal import ShmCoordinator
internal import ShmHarness
internal import ShmRecord
internal import ShmStatistics
internal import SystemPackage

/// The cost of a report on many machines, and of a page on one: of results files that ``SyntheticMachines`` makes.
enum MergeCost {
    private static let (machines, rounds) = (200, 9)

    static func measure(_ report: inout Bars, _ folder: String) throws {
        let tool = "\(folder)/shmbench"
        var name = Array("/tmp/selfbench-merge-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&name) != nil else { throw Missing("a temporary folder cannot be created") }
        let place = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        var paths = ["\(place)/template.csv"]
        defer {
            for path in paths { unsafe unlink(path) }
            unsafe rmdir(place)
        }
        _ = try run(tool, ["run", "--rounds", "1", "--duration", "20ms", "--output", paths[0]])
        var synthetic = try SyntheticMachines(String(decoding: read(paths[0]), as: UTF8.self))
        var bytes = 0
        for machine in 0..<machines {
            let text = synthetic.file(machine: machine, rounds: rounds)
            let path = "\(place)/\(machine).csv"
            paths.append(path)
            try write(text, path)
            bytes += text.utf8.count
        }
        let files = Array(paths.dropFirst())
        report.note(
            "\(machines) files, \(machines * synthetic.rows(rounds: rounds)) rounds, \(bytes / 1_000_000) MB of CSV")
        for format in ["table", "markdown", "csv", "json", "html"] {
            let (seconds, megabytes) = try run(tool, ["report", "--format", format] + files)
            report.line("report of \(machines) machines as \(format), time", seconds, " s", atMost: 10)
            report.line("report of \(machines) machines as \(format), peak memory", megabytes, " MB", atMost: 500)
        }
        let times = try (0..<9).map { _ in try run(tool, ["report", "--format", "html", files[0]]).seconds }
        report.line("report of one machine as html, median time of 9", median(times) ?? 0, " s", atMost: 0.5)
    }

    /// Runs the tool. Returns its time, s, and its largest resident set, MB.
    private static func run(_ tool: String, _ arguments: [String]) throws -> (seconds: Double, megabytes: Double) {
        let nowhere = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly, options: [.closeOnExec])
        defer { try? nowhere.close() }
        let start = Clock.now()
        let child = try ChildProcess(tool, arguments, output: nowhere, isMute: true)
        var (status, usage) = (Int32(0), rusage())
        while unsafe wait4(child.pid, &status, 0, &usage) < 0 && errno == EINTR {}
        let seconds = Double(Clock.now() - start) / 1e9
        // Locks of a short round may break their promise or lack figures, which is no failure to report.
        guard status & 0x7f == 0, [0, 3].contains(status >> 8) else {
            throw Missing("shmbench \(arguments.prefix(3).joined(separator: " ")) failed with status \(status)")
        }
        return (seconds, Double(usage.ru_maxrss) * 1024 / 1e6)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = unsafe try part.withUnsafeMutableBytes({ unsafe try file.read(into: $0) }), count > 0
            {
                bytes += part[..<count]
            }
            return bytes
        }
    }

    private static func write(_ text: String, _ path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
        _ = try file.closeAfter { try file.writeAll(text.utf8) }
    }
}
