import Foundation
import ShmCore
import ShmHarness

/// What a run could leave behind.
///
/// Others use the machine too: their semaphore sets come and go, so only what stays is a trace.
struct Traces {
    private let semaphores = Self.semaphoreSets()
    private let objects = Set(LockObject.all().map(\.path))

    /// What a coordinator that has ended has left: lines that describe it, none where all is as before.
    func left(by coordinator: pid_t, processes: [pid_t] = [], within limit: Duration = .seconds(5)) -> [String] {
        var suspects = now(coordinator, processes)
        _ = eventually(within: limit) {
            suspects.formIntersection(now(coordinator, processes))
            return suspects.isEmpty
        }
        return suspects.sorted()
    }

    private func now(_ coordinator: pid_t, _ processes: [pid_t]) -> Set<String> {
        let sets = Self.semaphoreSets().subtracting(semaphores).map { "semaphore set \($0)" }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
        let segments = files.filter { $0.hasPrefix(RoundKeys.prefix(coordinator: coordinator)) }
        let running = processes.filter(ProcessTable.isRunning).map { "process \($0)" }
        let left = LockObject.all().map(\.path).filter { !objects.contains($0) }
        return Set(sets + segments + running + left)
    }

    private static func semaphoreSets() -> Set<Substring> {
        let lines = ((try? SmallFile.read("/proc/sysvipc/sem")) ?? "").split(separator: "\n").dropFirst()
        return Set(lines.compactMap { $0.split(separator: " ").dropFirst().first })
    }
}
