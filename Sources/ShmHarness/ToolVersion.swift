/// The version of coordinator and worker, which must match.
public enum ToolVersion {
    /// The tool's version.
    public static let current = "0.1.0"

    /// The version of the arena's layout. Raise it with every change of ``Plan``, ``WorkerSlot``, ``Arena``,
    /// ``GuardedData``, ``CrashSlot``, ``CrashArena``, ``TurnStage``, ``StressSlot``, ``StressData``, ``StressArena`` or the worker's
    /// arguments.
    public static let arenaLayout = 10

    /// What `shmworker --version` prints and the coordinator expects. A second line has the worker's ``Libc/name``.
    public static let workerLine = "shmworker \(current) (arena layout \(arenaLayout))"
}
