import Glibc
import ShmCore

@testable import ShmCoordinator

/// Processes, as /proc lists them.
enum ProcessTable {
    /// This process's children with that name, zombies included.
    static func children(named name: String) -> [pid_t] {
        all().filter { pid in
            guard let (command, fields) = stat(of: pid), fields.count > 1 else { return false }
            return command == name && pid_t(fields[1]) == getpid()
        }
    }

    /// The worker of a round of this process; `nil` before it has started and after it has ended.
    static func worker(_ worker: Int, ofRound round: Int, task: String = "contend") -> pid_t? {
        all().first { pid in
            let arguments = (try? SmallFile.read("/proc/\(pid)/cmdline"))?.split(separator: "\0").dropFirst() ?? []
            return arguments.map(String.init).starts(with: [task, ThisRun.starter, "\(round)", "\(worker)"])
        }
    }

    /// The busy loops of a round of this process that still run.
    static func busyLoops(ofRound round: Int) -> [pid_t] {
        all().filter { pid in
            let arguments = (try? SmallFile.read("/proc/\(pid)/cmdline"))?.split(separator: "\0").dropFirst() ?? []
            return arguments.map(String.init).starts(with: ["spin", ThisRun.starter, "\(round)"])
        }
    }

    /// The CPU time that a process has used, in clock ticks.
    static func ticks(of pid: pid_t) -> Int {
        let fields = stat(of: pid)?.fields ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }

    /// The state letter, such as `S`, `T` or `Z`; `nil` if there is no such process.
    static func state(of pid: pid_t) -> Substring? { stat(of: pid)?.fields.first }

    private static func stat(of pid: pid_t) -> (command: Substring, fields: [Substring])? {
        guard let stat = try? SmallFile.read("/proc/\(pid)/stat"), let start = stat.firstIndex(of: "("),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        return (stat[stat.index(after: start)..<end], stat[stat.index(after: end)...].split(separator: " "))
    }

    private static func all() -> [pid_t] {
        guard let directory = unsafe opendir("/proc") else { return [] }
        defer { unsafe closedir(directory) }
        var found: [pid_t] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = pid_t(name) { found.append(pid) }
        }
        return found
    }
}
