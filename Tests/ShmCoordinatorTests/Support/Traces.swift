import Glibc
import ShmCore
import ShmHarness
import TestSupport

@testable import ShmCoordinator

/// What rounds of this process could leave behind.
///
/// Others use the machine too, and other tests run meanwhile: theirs come and go, so only what stays is a trace.
struct Traces {
    private let semaphores = Self.semaphoreSets()

    /// What has come since and stays: lines that describe it, none where all is as before.
    func left() -> [String] {
        var suspects = now()
        _ = eventually(within: .seconds(10)) {
            suspects.formIntersection(now())
            return suspects.isEmpty
        }
        return suspects.sorted()
    }

    private func now() -> Set<String> {
        let sets = Self.semaphoreSets().subtracting(semaphores).map { "semaphore set \($0)" }
        let prefix = RoundKeys.prefix(run: ThisRun.id)
        let segments = ((try? SharedMemory.segments()) ?? []).map(\.key).filter { $0.hasPrefix(prefix) }
        let workers = ProcessTable.children(named: "shmworker").map { "process \($0)" }
        return Set(sets + segments + workers)
    }

    private static func semaphoreSets() -> Set<Substring> {
        let lines = ((try? SmallFile.read("/proc/sysvipc/sem")) ?? "").split(separator: "\n").dropFirst()
        return Set(lines.compactMap { $0.split(separator: " ").dropFirst().first })
    }
}
