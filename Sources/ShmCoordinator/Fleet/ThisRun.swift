internal import Glibc
package import ShmHarness
internal import Synchronization
internal import SystemPackage

/// The run of which this process is the coordinator: its id, and the lease that says that it goes on.
package enum ThisRun {
    private struct Hold {
        var id = RunID.random()
        /// The last is the one whose name is seen here.
        var leases: [RunLease] = []
    }

    private static let hold = Mutex(Hold())

    /// Removes the lease at an orderly end of the process.
    private static let endsAtExit: Void = {
        atexit { ThisRun.end() }
    }()

    /// By what a worker knows its starter.
    static var starter: String { Starter(run: id, process: getpid()).description }

    /// Its id.
    package static var id: RunID { hold.withLock { $0.id } }

    /// Makes the lease where there is none: at first, where somebody has removed it, and in a `/dev/shm` of the calling thread's
    /// own. Call it before each segment that is made.
    @discardableResult
    package static func begin() throws(RoundFailure) -> RunID {
        _ = endsAtExit
        return try hold.withLock { (hold) throws(RoundFailure) in
            if hold.leases.contains(where: \.isNamed) { return hold.id }
            do throws(Errno) { hold.leases.append(try RunLease(hold.id)) } catch {
                throw .failed(
                    "cannot make the run's lease in /dev/shm: \(MachineWant.reason(ofFile: error)); see `shmbench doctor`"
                )
            }
            return hold.id
        }
    }

    /// Lets go of leases that are not seen here any longer: those of a `/dev/shm` of its own that the thread has left.
    package static func forgetHidden() {
        hold.withLock { hold in
            if hold.leases.contains(where: \.isNamed) { hold.leases.removeAll { !$0.isNamed } }
        }
    }

    /// Removes what the run still has, and the lease. What comes after is another run.
    package static func end() {
        hold.withLock { hold in
            if hold.leases.isEmpty { return }
            RunFiles.remove(hold.id)
            hold = Hold()
        }
    }
}
