internal import CShm

/// The handles that the calling thread has used last: which segments this thread holds or has attached, whichever handle
/// it asks through.
///
/// A thread's own list, so that it needs no lock: an entry counts as long as its slot names this thread, whose number is never
/// used again. An entry of a handle that another thread uses now, or that has ended, is dropped in passing.
enum UsedHandles {
    @safe private final class List {
        var slots: [HandleMemory.Slot] = unsafe []
    }

    /// Notes that the calling thread uses a handle now.
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

    /// Whether the calling thread uses another handle for which something holds.
    static func contains(otherThan slot: HandleMemory.Slot, _ isWanted: (HotState) -> Bool) -> Bool {
        let thread = unsafe shm_thread_self()
        let me = unsafe thread.pointee.serial
        guard me != 0, let list = unsafe list(of: thread) else { return false }
        return unsafe list.slots.contains { unsafe $0 != slot && $0.pointee.thread == me && isWanted($0.pointee) }
    }

    /// The calling thread ends.
    static func forget() {
        let thread = unsafe shm_thread_self()
        guard let list = unsafe thread.pointee.handles else { return }
        unsafe Unmanaged<List>.fromOpaque(list).release()
        unsafe thread.pointee.handles = nil
    }

    private static func list(of thread: UnsafeMutablePointer<shm_thread>) -> List? {
        unsafe thread.pointee.handles.map { unsafe Unmanaged<List>.fromOpaque($0).takeUnretainedValue() }
    }
}
