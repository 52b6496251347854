internal import CShm
internal import Glibc
public import Synchronization

/// `futex(2)` on words in shared memory.
@_spi(Bench) public enum Futex {
    /// The bits of a word that name the owner (`FUTEX_TID_MASK`), for locks whose words the kernel reads.
    @usableFromInline static var ownerMask: UInt32 { 0x3fff_ffff }
    /// The owner died (`FUTEX_OWNER_DIED`).
    @usableFromInline static var ownerDied: UInt32 { 0x4000_0000 }
    /// Threads may sleep (`FUTEX_WAITERS`).
    @usableFromInline static var waiters: UInt32 { 0x8000_0000 }

    /// Why a wait ended.
    public enum Wake: Sendable {
        /// Woken, interrupted by a signal, or the word had another value: the caller must load the word again.
        case woken
        /// The deadline passed; the wait consumed no wake-up.
        case timedOut
    }

    /// Sleeps while the word holds `value`, until a wake-up or the deadline.
    ///
    /// - Parameters:
    ///   - word: a naturally aligned word in memory that every participating process maps shared.
    ///   - value: the caller sleeps only if the word holds this value when the kernel checks it.
    ///   - bits: only wake-ups that share a bit with this mask reach the caller.
    ///   - deadline: `nil` for no deadline.
    public static func wait(
        _ word: UnsafeMutablePointer<Atomic<UInt32>>, while value: UInt32, bits: UInt32 = .max,
        until deadline: Deadline?
    ) -> Wake {
        let address = unsafe UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self)
        let result = unsafe shm_futex_wait_until(address, value, bits, deadline?.nanoseconds ?? Int64(SHM_NO_LIMIT))
        return result == -Int(ETIMEDOUT) ? .timedOut : .woken
    }

    /// Wakes at most `count` sleepers on the word whose masks share a bit with `bits`; returns how many it woke.
    @discardableResult
    public static func wake(
        _ word: UnsafeMutablePointer<Atomic<UInt32>>, bits: UInt32 = .max, count: Int32
    ) -> Int {
        let address = unsafe UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self)
        return unsafe shm_futex_wake(address, bits, count)
    }
}
