internal import CShm
internal import Synchronization
internal import SystemPackage

/// What the library records about each thread; see `shm_process.h`.
enum CurrentThread {
    private static let serials = Atomic<UInt64>(0)

    /// Gives the calling thread a serial number and registers its exit handler, unless it has a number.
    static func enroll() throws(Errno) {
        let thread = unsafe shm_thread_self()
        guard unsafe thread.pointee.serial == 0 else { return }
        try SystemCall.check(shm_at_thread_exit { CurrentThread.ends() })
        unsafe thread.pointee.serial = serials.wrappingAdd(1, ordering: .relaxed).newValue
    }

    private static func ends() {
        RobustListEntry.threadEnds()
        // The segments' list of handles, an object that the record retains.
        if let handles = unsafe shm_thread_self().pointee.handles {
            unsafe Unmanaged<AnyObject>.fromOpaque(handles).release()
        }
        // A destructor that runs after this one may lock again, and then enrolls the thread again.
        shm_forget_thread()
    }
}
