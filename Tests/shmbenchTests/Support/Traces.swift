import Foundation
import ShmCore
import ShmHarness
import TestSupport

/// What a run could leave behind.
///
/// Others use the machine too: their semaphore sets come and go, so only what stays is a trace.
struct Traces {
    private let semaphores = Self.semaphoreSets()
    private let objects = Set(LockObject.all().map(\.path))
    private let files = Self.files()

    /// What coordinators that have ended have left: lines that describe it, none where all is as before.
    func left(processes: [pid_t] = [], within limit: Duration = .seconds(5)) -> [String] {
        var suspects = now(processes)
        _ = eventually(within: limit) {
            suspects.formIntersection(now(processes))
            return suspects.isEmpty
        }
        return suspects.sorted()
    }

    private func now(_ processes: [pid_t]) -> Set<String> {
        let sets = Self.semaphoreSets().subtracting(semaphores).map { "semaphore set \($0)" }
        let running = processes.filter(ProcessTable.isRunning).map { "process \($0)" }
        let left = LockObject.all().map(\.path).filter { !objects.contains($0) }
        return Set(sets + Self.files().subtracting(files) + running + left)
    }

    /// What belongs to runs that are over.
    private static func files() -> Set<String> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
        return Set(names.filter { RunFiles.run(ofName: $0).map { RunLease.state(of: $0) != .held } ?? false })
    }

    private static func semaphoreSets() -> Set<Substring> {
        let lines = ((try? SmallFile.read("/proc/sysvipc/sem")) ?? "").split(separator: "\n").dropFirst()
        return Set(lines.compactMap { $0.split(separator: " ").dropFirst().first })
    }
}
