internal import Glibc
package import ShmHarness

extension RunID {
    /// A run whose coordinator was killed: its lease is there, and no process holds it.
    package static func abandoned() throws -> RunID {
        let run = RunID.random()
        let path = "/dev/shm/\(RunLease.name(of: run))"
        // A lease that is let go of takes its name away, where it has it.
        do {
            let lease = try RunLease(run)
            unsafe rename(path, path + ".kept")
            withExtendedLifetime(lease) {}
        }
        unsafe rename(path + ".kept", path)
        return run
    }
}
