internal import CShm

/// The memory of the handles' ``HotState``: slots in pages that the kernel zeroes in the child of a fork. So a handle
/// in the child does not hold what its parent held, and the fast path needs no instruction to find out.
enum HandleMemory {
    typealias Slot = UnsafeMutablePointer<HotState>

    /// Two pairs of cache lines, so that handles of different threads share none.
    private static let stride = 256
    private static let chunk = 64 << 10

    /// Free slots. Guarded by the registry's lock. Slots of all fork generations are interchangeable.
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
        // A thread's list of used handles may refer to the slot: reset it so that it belongs to no thread.
        unsafe slot.pointee = HotState()
        unsafe free.append(slot)
    }

    private static func grow() {
        precondition(MemoryLayout<HotState>.stride <= stride)
        guard let pages = unsafe shm_map_wiped(UInt(chunk)) else {
            fatalError("cannot allocate memory for a SharedMemory handle")
        }
        for offset in Swift.stride(from: 0, to: chunk, by: stride) {
            unsafe free.append((pages + offset).bindMemory(to: HotState.self, capacity: 1))
        }
    }
}
