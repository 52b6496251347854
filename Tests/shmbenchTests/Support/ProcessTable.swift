import Foundation
import ShmCore

/// Processes, as /proc lists them.
enum ProcessTable {
    /// The processes that a process has started and that still run, with their arguments.
    static func children(of parent: pid_t) -> [(pid: pid_t, arguments: [Substring])] {
        all().compactMap { pid in
            guard let fields = stat(of: pid), fields[0] != "Z", fields[1] == "\(parent)" else { return nil }
            return (pid, arguments(of: pid))
        }
    }

    /// The workers of a coordinator that still run.
    static func workers(of coordinator: pid_t) -> [pid_t] {
        children(of: coordinator).filter { $0.arguments.contains("contend") }.map(\.pid)
    }

    /// Whether it runs; what is dead and not reaped does not.
    static func isRunning(_ pid: pid_t) -> Bool { stat(of: pid).map { $0[0] != "Z" } ?? false }

    private static func arguments(of pid: pid_t) -> [Substring] {
        ((try? SmallFile.read("/proc/\(pid)/cmdline")) ?? "").split(separator: "\0")
    }

    private static func stat(of pid: pid_t) -> [Substring]? {
        guard let stat = try? SmallFile.read("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? fields : nil
    }

    private static func all() -> [pid_t] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    }
}
