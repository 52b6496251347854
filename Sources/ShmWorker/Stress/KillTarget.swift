internal import CBench
internal import CShm
internal import Glibc
internal import ShmHarness

/// The process that a worker is to kill. The coordinator removes its id from the arena before it reaps the process, so
/// a pidfd that was opened while the id was there refers to that process.
struct KillTarget: ~Copyable {
    private let arena: StressArena
    private let worker: Int
    private let process: Int32
    /// A pidfd, or -errno if the kernel or a sandbox does not provide one.
    private let descriptor: Int32

    /// Opens the pidfd; `nil` if the arena names no target.
    init?(_ arena: StressArena) {
        guard let target = arena.target else { return nil }
        self.arena = arena
        (worker, process) = target
        descriptor = shm_pidfd_open(process)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func kill() {
        guard let target = arena.target, target.worker == worker, target.process == process else { return }
        if descriptor >= 0 {
            _ = bench_pidfd_kill(descriptor, SIGKILL)
        } else if descriptor != -ESRCH {
            Glibc.kill(process, SIGKILL)
        }
    }
}
