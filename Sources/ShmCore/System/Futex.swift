internal import CShm
internal import Glibc
public import Synchronization

/// `futex(2)` on words that processes share.
@_spi(Bench) public enum Futex {
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
    ///   - bits: only wakes that share a bit with these reach the caller.
    ///   - deadline: `nil` waits without a limit.
    public static func wait(
        _ word: UnsafeMutablePointer<Atomic<UInt32>>, while value: UInt32, bits: UInt32 = .max,
        until deadline: Deadline?
    ) -> Wake {
        let address = unsafe UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self)
        let result = unsafe shm_futex_wait_until(address, value, bits, deadline?.nanoseconds ?? Int64(SHM_NO_LIMIT))
        return result == -Int(ETIMEDOUT) ? .timedOut : .woken
    }

    /// Wakes at most `count` of those who sleep on the word with any of these bits; returns how many there were.
    @discardableResult
    public static func wake(
        _ word: UnsafeMutablePointer<Atomic<UInt32>>, bits: UInt32 = .max, count: Int32
    ) -> Int {
        let address = unsafe UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self)
        return unsafe shm_futex_wake(address, bits, count)
    }
}
