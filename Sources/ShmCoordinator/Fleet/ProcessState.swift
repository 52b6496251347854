internal import ShmCore

/// The state of a process, as the kernel reports it.
public enum ProcessState {
    package static func description(of pid: Int32) -> String {
        guard let folder = ProcessFolder.path(of: pid), let letter = letter(of: pid) else { return "gone" }
        let state =
            switch letter {
            case "R": "running"
            case "S": "sleeping"
            case "D": "in uninterruptible sleep"
            case "T", "t": "stopped"
            case "Z": "a zombie"
            default: "in state \(letter)"
            }
        guard let channel = try? SmallFile.read("\(folder)/wchan"), channel != "0", !channel.isEmpty else {
            return state
        }
        return "\(state) in \(channel)"
    }

    /// Whether it is in interruptible sleep.
    static func isAsleep(_ pid: Int32) -> Bool { letter(of: pid) == "S" }

    /// The state letter of proc_pid_stat(5); `nil` if there is no such process.
    public static func letter(of pid: Int32) -> String? {
        guard let folder = ProcessFolder.path(of: pid), let stat = try? SmallFile.read("\(folder)/stat"),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        return stat[stat.index(after: end)...].split(separator: " ").first.map(String.init)
    }
}
