import CShm

@testable import ShmCore

/// The machine's System V semaphore sets.
enum SemaphoreSets {
    static func exists(_ identifier: Int32) -> Bool {
        var status = shm_sem_status()
        return unsafe shm_sem_stat(identifier, &status) == 0
    }

    /// Removes a set, as `ipcrm -s` does.
    static func remove(_ identifier: Int32) { _ = shm_sem_remove(identifier) }

    /// The identifiers of the sets that a user created (`sysvipc(5)`: the cuid column).
    static func made(byUser user: UInt32) -> [Int32] {
        let text = (try? SmallFile.read("/proc/sysvipc/sem")) ?? ""
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            return fields.count >= 8 && fields[6] == "\(user)" ? Int32(fields[1]) : nil
        }
    }
}
