internal import CBench
internal import Glibc

/// Threads of this process that are bound to one CPU each.
///
/// They are detached: other programs may keep a thread from its CPU for as long as they like, and no caller waits for that.
enum PinnedThread {
    private final class Task: Sendable {
        let cpu: Int32
        let body: @Sendable (Bool) -> Void

        init(_ cpu: Int32, _ body: @escaping @Sendable (Bool) -> Void) {
            (self.cpu, self.body) = (cpu, body)
        }
    }

    /// Starts a thread. Returns whether the machine permits it.
    ///
    /// - Parameter body: runs in the thread, with whether it is bound to the CPU.
    static func start(on cpu: Int, _ body: @escaping @Sendable (Bool) -> Void) -> Bool {
        // The thread blocks all signals, so that they interrupt the main thread's waits.
        var (all, before) = (sigset_t(), sigset_t())
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let task = unsafe Unmanaged.passRetained(Task(Int32(cpu), body))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let task = unsafe Unmanaged<Task>.fromOpaque(context).takeRetainedValue()
                task.body(bench_pin_to_cpu(task.cpu) == 0)
                return nil
            }, task.toOpaque())
        guard failure == 0 else {
            unsafe task.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
