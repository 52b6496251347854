internal import CBench
internal import Glibc
internal import ShmHarness

extension Starter {
    /// Makes this process die with its coordinator. `false` where another process started it, or that is no more.
    ///
    /// A coordinator that died before the first line is no longer the parent. Its number alone would say little: by the lease
    /// it is known to be a coordinator, and that of this run.
    func bind() -> Bool {
        _ = bench_die_with_parent()
        return getppid() == process && RunLease.state(of: run) == .held
    }
}
