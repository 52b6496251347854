internal import Glibc
package import ShmHarness
internal import Synchronization
internal import SystemPackage

/// The run that this process coordinates: its id, and the lease that shows that it is in progress.
package enum ThisRun {
    private struct Hold {
        var id = RunID.random()
        /// The last lease is the one whose name is visible here.
        var leases: [RunLease] = []
    }

    private static let hold = Mutex(Hold())

    /// Removes the lease at a normal exit of the process.
    private static let endsAtExit: Void = {
        atexit { ThisRun.end() }
    }()

    /// How workers identify this process.
    static var starter: String { Starter(run: id, process: getpid()).description }

    /// The run's id.
    package static var id: RunID { hold.withLock { $0.id } }

    /// Creates the lease if it is missing: at the start, after it was removed, and in a private `/dev/shm` of the
    /// calling thread. Call it before creating a segment.
    @discardableResult
    package static func begin() throws(RoundFailure) -> RunID {
        _ = endsAtExit
        return try hold.withLock { (hold) throws(RoundFailure) in
            if hold.leases.contains(where: \.isNamed) { return hold.id }
            do throws(Errno) { hold.leases.append(try RunLease(hold.id)) } catch {
                throw .failed(
                    "cannot create the run's lease in /dev/shm: \(RefusalReason.reason(ofFile: error)); see `shmbench doctor`"
                )
            }
            return hold.id
        }
    }

    /// Releases leases that are no longer visible: those of a private `/dev/shm` that the thread has left.
    package static func forgetHidden() {
        hold.withLock { hold in
            if hold.leases.contains(where: \.isNamed) { hold.leases.removeAll { !$0.isNamed } }
        }
    }

    /// Removes all files of the run, and its lease. What follows is another run.
    package static func end() {
        hold.withLock { hold in
            if hold.leases.isEmpty { return }
            RunFiles.remove(hold.id)
            hold = Hold()
        }
    }
}
