internal import Glibc
internal import ShmCoordinator
internal import ShmRecord

/// Warnings about figures of several machines that differ in more than the machine.
package enum MachineWarnings {
    /// - Parameters:
    ///   - files: the columns of each file.
    ///   - axis: an axis whose values are compared on purpose.
    package static func all(
        _ machines: [ComparedMachine], files: [(path: String, columns: [String])] = [], axis: MachineAxis? = nil,
        tasks: [MachineTask] = []
    ) -> [Warning] {
        var lines: [Warning] = []
        let versions = machines.map { $0.trait("tool_version") }.filter { !$0.isEmpty }.uniqued()
        if machines.count > 1 && axis != .toolVersion && versions.count > 1 {
            let parts = versions.map { version in
                "\(version) on \(names(machines.filter { $0.trait("tool_version") == version }.map(\.name)))"
            }
            lines.add(
                .severalVersions,
                "the machines were measured with several versions of shmbench (\(parts.joined(separator: "; "))), which may explain a difference between them: measure with one, or see `--by tool_version`"
            )
        }
        lines += schemas(files) + clocks(tasks)
        for task in tasks {
            if let note = task.note { lines.add(.taskNote, "\(task.name): \(note)") }
        }
        return lines
    }

    /// Files of different versions have different columns: what one of them lacks is empty.
    private static func schemas(_ files: [(path: String, columns: [String])]) -> [Warning] {
        guard let most = files.max(by: { $0.columns.count < $1.columns.count }) else { return [] }
        let all = Set(most.columns)
        let fewer = files.filter { !Set($0.columns).isSuperset(of: all) }
        if fewer.isEmpty { return [] }
        let lacks = fewer[0].columns.isEmpty ? all : all.subtracting(fewer[0].columns)
        let first = most.columns.first(where: lacks.contains) ?? ""
        return [
            Warning(
                .severalSchemas,
                "\(names(fewer.map(\.path))) \(fewer.count == 1 ? "has" : "have") fewer columns than \(most.path): \(fewer[0].path) lacks \(counted(lacks.count, "column")), such as \(first); it is of an older version"
            )
        ]
    }

    private static func clocks(_ tasks: [MachineTask]) -> [Warning] {
        let known = tasks.compactMap { task in task.clockOffset.map { (name: task.name, offset: $0) } }
        let off = known.filter { abs($0.offset) > MachineTask.tolerance || !$0.offset.isFinite }
        if off.isEmpty { return [] }
        let parts = off.prefix(most).map {
            "\($0.name) at least \(Figure.time(abs($0.offset) * 1e9)) \($0.offset > 0 ? "ahead" : "behind")"
        }
        let rest = off.count > most ? " and \(off.count - most) more" : ""
        return [
            Warning(
                .clockOffset,
                "the clocks of machines disagree (\(parts.joined(separator: ", "))\(rest)): `started_at` of their rows cannot be compared; figures are not affected"
            )
        ]
    }

    /// The number of names in a list.
    private static let most = 6

    private static func names(_ all: [String]) -> String {
        all.prefix(most).joined(separator: ", ") + (all.count > most ? " and \(all.count - most) more" : "")
    }
}
