internal import CShm
internal import Synchronization
package import SystemPackage

/// Memory barriers in the threads of other processes: `membarrier(2)` with `MEMBARRIER_CMD_GLOBAL_EXPEDITED`, Linux 4.16.
///
/// A lock whose fast path has no fence leaves the ordering to its slow path: ``barrier()`` makes each running thread of
/// every registered process execute a full memory barrier. A thread that does not run executes one when the kernel
/// switches to it.
package enum Membarrier {
    /// ``shm_generation()`` of the process that has registered; 0 if none has.
    private static let registered = Atomic<UInt32>(0)

    /// Why this process cannot use memory barriers, and the error of the system call; `nil` if it can.
    ///
    /// Registers the process and executes one barrier, because a seccomp filter may allow some of the requests only.
    package static var obstacle: (reason: String, errno: Errno)? {
        do {
            try SystemCall.check(shm_membarrier_missing())
            try register()
            try barrier()
            return nil
        } catch {
            return (reason(error), error)
        }
    }

    private static func reason(_ errno: Errno) -> String {
        switch errno {
        case .noFunction, .invalidArgument:
            "membarrier(2) is not supported: Linux before 4.16, no CONFIG_MEMBARRIER, or a seccomp filter"
        case .notPermitted, .permissionDenied: "membarrier(2) is refused, usually by a seccomp filter"
        default: "membarrier(2) failed: \(errno)"
        }
    }

    /// Makes this process one that the barriers of other processes reach. Must precede its first access to words whose
    /// order depends on them.
    ///
    /// The first call in a process is one system call, which takes milliseconds if the process has several threads; a
    /// later one is a few instructions. `execve(2)` ends the registration. The child of a fork inherits it, as
    /// `LitmusTests` show, and registers again, because the manual page does not promise that.
    package static func register() throws(Errno) {
        let generation = shm_generation()
        // Acquire: the registration of another thread has completed.
        if registered.load(ordering: .acquiring) == generation { return }
        try SystemCall.check(shm_membarrier_register())
        // A seccomp filter may permit the registration only.
        try barrier()
        registered.store(generation, ordering: .releasing)
    }

    /// Returns once each running thread of every registered process has executed a full memory barrier, and is one for
    /// the calling thread as well.
    ///
    /// Interrupts each other CPU that runs such a thread, which costs as much as hundreds of fences.
    package static func barrier() throws(Errno) { try SystemCall.check(shm_membarrier()) }
}
