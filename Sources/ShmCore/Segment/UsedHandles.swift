internal import CShm

/// The handles that the calling thread was the last to use: which segments this thread holds or has attached, through
/// any of its handles.
///
/// The list belongs to its thread, so it needs no lock; ``CurrentThread`` releases it at the thread's end. An entry is
/// valid while its slot has this thread's serial number, which is never reused. An entry whose handle has ended, or was
/// used by another thread since, is removed at the next insertion.
enum UsedHandles {
    @safe private final class List {
        var slots: [HandleMemory.Slot] = unsafe []
    }

    /// Records that the calling thread uses a handle now.
    static func add(_ slot: HandleMemory.Slot) {
        let thread = unsafe shm_thread_self()
        let me = unsafe thread.pointee.serial
        if unsafe thread.pointee.handles == nil {
            unsafe thread.pointee.handles = Unmanaged.passRetained(List()).toOpaque()
        }
        guard let list = unsafe list(of: thread) else { return }
        unsafe list.slots.removeAll { unsafe $0 == slot || $0.pointee.thread != me }
        unsafe list.slots.append(slot)
    }

    /// Whether the calling thread uses another handle that satisfies a condition.
    static func contains(otherThan slot: HandleMemory.Slot, _ isWanted: (HotState) -> Bool) -> Bool {
        let thread = unsafe shm_thread_self()
        let me = unsafe thread.pointee.serial
        guard me != 0, let list = unsafe list(of: thread) else { return false }
        return unsafe list.slots.contains { unsafe $0 != slot && $0.pointee.thread == me && isWanted($0.pointee) }
    }

    private static func list(of thread: UnsafeMutablePointer<shm_thread>) -> List? {
        unsafe thread.pointee.handles.map { unsafe Unmanaged<List>.fromOpaque($0).takeUnretainedValue() }
    }
}
