import Glibc
import ShmCore
import ShmHarness
import TestSupport

@testable import ShmCoordinator

/// Files and processes that rounds of this process could leave behind.
///
/// Other programs and tests run meanwhile, and theirs come and go: only what remains counts.
struct Traces {
    private let semaphores = Self.semaphoreSets()

    /// Descriptions of what has appeared since and remains; empty if nothing has.
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
