internal import CBench
internal import CShm
internal import Glibc
internal import ShmHarness

/// The worker that another one is to kill. The coordinator takes its name out of the arena before it reaps it, so a descriptor
/// that was opened while the name stood there is that process's.
struct StressTarget: ~Copyable {
    private let arena: StressArena
    private let worker: Int
    private let process: Int32
    /// Or -errno, on a kernel or in a sandbox without such descriptors.
    private let descriptor: Int32

    /// Takes aim; `nil` where the arena names none.
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
