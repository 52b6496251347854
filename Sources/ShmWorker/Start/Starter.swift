internal import CBench
internal import Glibc
internal import ShmHarness

extension Starter {
    /// Ends this process when its coordinator ends (`PR_SET_PDEATHSIG`). Returns `false` if another process started it,
    /// or the coordinator is already dead.
    ///
    /// A coordinator that died before the first line is no longer the parent. The process id alone would not suffice,
    /// as it may be reused; the lease shows that the parent is the coordinator of this run.
    func dieWithCoordinator() -> Bool {
        _ = bench_die_with_parent()
        return getppid() == process && RunLease.state(of: run) == .held
    }
}
