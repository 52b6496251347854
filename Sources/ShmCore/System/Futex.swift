internal import CShm
internal import Glibc
public import Synchronization

/// `futex(2)` on words that processes share.
public enum Futex {
    /// Why a wait ended.
    public enum Wake: Sendable {
        /// Woken, interrupted by a signal, or the word had another value: look at the word again.
        case woken
        /// The deadline passed, and no wake was consumed.
        case timedOut
    }

    /// Sleeps while the word holds a value, until woken or until the deadline.
    ///
    /// - Parameters:
    ///   - word: a naturally aligned word in memory that every process concerned has mapped shared.
    ///   - value: the caller sleeps only if the word still holds this when the kernel looks.
    ///   - deadline: `nil` waits without a limit.
    public static func wait(
        _ word: UnsafeMutablePointer<Atomic<UInt32>>, while value: UInt32, until deadline: Deadline?
    ) -> Wake {
        let address = unsafe UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self)
        let result = unsafe shm_futex_wait_until(address, value, deadline?.nanoseconds ?? Int64(SHM_NO_LIMIT))
        return result == -Int(ETIMEDOUT) ? .timedOut : .woken
    }

    /// Wakes at most `count` of those who sleep on the word.
    public static func wake(_ word: UnsafeMutablePointer<Atomic<UInt32>>, count: Int32) {
        let address = unsafe UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self)
        _ = unsafe shm_futex_wake(address, count)
    }
}
