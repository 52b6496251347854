internal import Glibc
package import ShmHarness

extension RunID {
    /// A run whose coordinator was killed: its lease exists, and no process holds its lock.
    package static func abandoned() throws -> RunID {
        let run = RunID.random()
        let path = "/dev/shm/\(RunLease.name(of: run))"
        // Releasing a lease removes its name if it has one.
        do {
            let lease = try RunLease(run)
            unsafe rename(path, path + ".kept")
            withExtendedLifetime(lease) {}
        }
        unsafe rename(path + ".kept", path)
        return run
    }
}
