internal import CShm

/// Where handles keep their ``HotState``: slots in pages that the child of a fork finds zeroed, so that what a handle held
/// in the parent is not held in the child, and no instruction of the fast path has to find out.
enum HandleMemory {
    typealias Slot = UnsafeMutablePointer<HotState>

    /// Two pairs of cache lines, so that handles of different threads do not share one.
    private static let stride = 256
    private static let chunk = 64 << 10

    /// Slots that no handle has. Guarded by the registry's lock. Slots of different generations are alike.
    nonisolated(unsafe) private static var free: [Slot] = unsafe []

    static func take() -> Slot {
        shm_registry_lock()
        defer { shm_registry_unlock() }
        if unsafe free.isEmpty { grow() }
        let slot = unsafe free.removeLast()
        unsafe slot.initialize(to: HotState())
        return unsafe slot
    }

    static func giveBack(_ slot: Slot) {
        shm_registry_lock()
        defer { shm_registry_unlock() }
        // A thread's list of used handles may name it: from here on it is no thread's.
        unsafe slot.pointee = HotState()
        unsafe free.append(slot)
    }

    private static func grow() {
        precondition(MemoryLayout<HotState>.stride <= stride)
        guard let pages = unsafe shm_map_wiped(UInt(chunk)) else {
            fatalError("there is no memory for a handle of shared memory")
        }
        for offset in Swift.stride(from: 0, to: chunk, by: stride) {
            unsafe free.append((pages + offset).bindMemory(to: HotState.self, capacity: 1))
        }
    }
}
