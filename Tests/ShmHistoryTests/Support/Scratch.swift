import Foundation
import GRDB
import ShmHistory

/// A fresh folder for a history, which is removed with the last reference.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/shmbench-history-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var path: String { folder + "/h.db" }

    /// Opens the history with a short time limit.
    func open(creating: Bool = true, patience: Double = 0.2) throws(HistoryError) -> History {
        try History(path: path, Rounds.layout, creating: creating, patience: patience)
    }

    /// Creates a history of that many runs.
    func fill(runs: Int = 1, rounds: Int = 2) throws {
        let history = try open()
        for number in 1...runs {
            try history.append(command: "run", columns: Rounds.columns, rows: Rounds.of("r\(number)", rounds))
        }
    }

    /// Another program's connection, which may leave a transaction open.
    func connect() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Fetches values by SQL, past the history.
    func fetch(_ sql: String) throws -> [DatabaseValue] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try DatabaseValue.fetchAll($0, sql: sql) }
    }

    func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    var bytes: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: path)) } }

    func write(_ bytes: Data) throws { try bytes.write(to: URL(fileURLWithPath: path)) }

    /// The line of the error on opening the history; `nil` if there is none.
    func complaint(creating: Bool = true, patience: Double = 0.2) -> String? {
        do throws(HistoryError) {
            _ = try open(creating: creating, patience: patience)
            return nil
        } catch { return error.description }
    }
}

/// Rounds like those of a run.
enum Rounds {
    static let layout = HistoryLayout(
        environment: [
            .init("tool_version", isText: true), .init("hostname", isText: true), .init("kernel", isText: true),
            .init("cpu_model", isText: true), .init("cpus", isText: false),
        ], round: ["run_id", "round"], cell: ["scenario", "lock", "workers", "arrivals", "rate_per_s", "later"],
        optional: ["rate_per_s", "later"])

    static let columns = [
        "schema", "run_id", "started_at", "tool_version", "hostname", "kernel", "cpu_model", "cpus", "scenario", "lock",
        "workers", "round", "arrivals", "rate_per_s", "throughput_per_s",
    ]

    static func of(_ run: String, _ count: Int, lock: String = "futex", rate: HistoryValue = .null) -> [[HistoryValue]]
    {
        (1...count).map { round in
            [
                .integer(1), .text(run), .text("2026-01-02T03:04:0\(round % 10)Z"), .text("0.1.0"), .text("host"),
                .text("6.1"), .text("CPU"), .integer(2), .text("default"), .text(lock), .integer(2),
                .integer(Int64(round)), .text("closed"), rate, .real(1e6 + Double(round)),
            ]
        }
    }
}
