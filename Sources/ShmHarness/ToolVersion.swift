/// The version of coordinator and worker, which must be the same.
public enum ToolVersion {
    /// The tool's version.
    public static let current = "0.1.0"

    /// The layout of the arena. Raise it with every change of ``Plan``, ``WorkerSlot``, ``Arena``, ``GuardedData``,
    /// ``CrashSlot``,
    /// ``CrashArena``, ``StressSlot``, ``StressData`` or ``StressArena``, and of the worker's arguments.
    public static let arenaLayout = 6

    /// What `shmworker --version` prints, and what the coordinator expects.
    public static let workerLine = "shmworker \(current) (arena layout \(arenaLayout))"
}
