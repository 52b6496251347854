internal import CShm

/// Records which thread uses the handle, and searches that thread's other handles.
extension SharedMemory {
    /// Records that the calling thread uses this handle.
    func noteUse() {
        let me = shm_thread_serial()
        if unsafe me != 0 && hot.pointee.thread == me { return }
        // Without an exit handler (no memory for a thread-specific key) the thread only loses the fast path.
        guard (try? CurrentThread.enroll()) != nil else { return }
        unsafe hot.pointee.thread = shm_thread_serial()
        unsafe UsedHandles.add(hot)
    }

    /// Whether the calling thread holds that segment's lock through another handle: waiting for it would never end.
    func isHeldByThisThread(_ segment: FileIdentity) -> Bool {
        unsafe UsedHandles.contains(otherThan: hot) { $0.segment == segment && $0.holdsLock }
    }

    /// Whether the calling thread is attached to that segment through another handle.
    func isAttachedByThisThread(_ segment: FileIdentity) -> Bool {
        unsafe UsedHandles.contains(otherThan: hot) { $0.segment == segment && $0.isAttached }
    }
}
