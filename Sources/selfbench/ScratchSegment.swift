internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// A handle of a segment that belongs to this run, and is removed with it.
func scratchSegment(_ name: String) throws -> SharedMemory {
    SharedMemory(key: RoundKeys.life(run: try ThisRun.begin(), name))
}
