internal import ShmCoordinator
internal import ShmRecord

extension MachineFinding {
    /// Whether a lock can leave the fences out of its fast path, and what its changes of mode cost.
    static func membarrier(_ cost: MembarrierCost) -> MachineFinding {
        if let obstacle = cost.obstacle {
            return MachineFinding(
                "membarrier", .note, obstacle,
                advice:
                    "robust-futex works, but at a plain futex's price, without quiet mode and bias: allow membarrier(2) in the "
                    + "seccomp profile, or use Linux 4.16 or newer")
        }
        let alone = cost.alone.map { "a barrier takes \(Figure.time($0))" } ?? "its cost is unknown"
        let interrupting = cost.interrupting.map { ", \(Figure.time($0)) if it interrupts another CPU" } ?? ""
        return MachineFinding("membarrier", .ok, alone + interrupting)
    }
}
