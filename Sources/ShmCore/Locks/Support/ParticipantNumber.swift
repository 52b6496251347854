internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A participant's number in a lock whose participants have something of their own in shared memory: a queue node, or
/// a place in an array. Numbers are small, and given back when the value ends.
///
/// A table says whose each number is: a process's number and start time, since the kernel uses a number again. A process
/// that died cannot give its numbers back: they are taken from it when no other is left, but only at a moment when the
/// lock is free, for a dead waiter's node may still be linked into the queue. Process numbers mean nothing in another PID
/// namespace, so locks that use this table say ``LockProperties/onePIDNamespace``.
///
/// The child of a fork must not use the participants that it inherited: they are its parent's.
@safe @usableFromInline struct ParticipantNumber: ~Copyable {
    /// From 0 to the number of participants that the area was initialised for, less one.
    let value: Int
    private let claim: UnsafeMutablePointer<Atomic<UInt64>>
    private let owner: UInt64
    private let generation = shm_generation()

    /// Bytes of the table.
    static func bytesNeeded(participants: Int) -> Int {
        (participants * MemoryLayout<UInt64>.size + lineStride - 1) / lineStride * lineStride
    }

    /// Claims a number in a table.
    ///
    /// Throws `ENOSPC` where all are taken by processes that live, or the lock was not seen free for a second.
    init(
        in table: UnsafeMutableRawPointer, participants: Int, whileFree isFree: () -> Bool
    ) throws(Errno) {
        let me = Self.word(of: .current)
        owner = me
        for number in 0..<participants {
            let word = unsafe table.longWord(at: number * MemoryLayout<UInt64>.size)
            // Acquire: what the former holder of the number did with it is over.
            guard unsafe word.pointee.load(ordering: .relaxed) == 0,
                unsafe word.pointee.compareExchange(expected: 0, desired: me, ordering: .acquiring).exchanged
            else { continue }
            value = number
            unsafe claim = word
            return
        }
        let patience = Deadline.after(.seconds(1))
        repeat {
            // A process may have many: it is asked for once in a pass.
            var living: UInt64 = 0
            for number in 0..<participants {
                let word = unsafe table.longWord(at: number * MemoryLayout<UInt64>.size)
                let owner = unsafe word.pointee.load(ordering: .acquiring)
                // Dead first, then free: no participant enqueues the node of a dead one any more.
                if owner != 0 {
                    if owner == living { continue }
                    guard Self.isDead(owner) else {
                        living = owner
                        continue
                    }
                    guard isFree() else { continue }
                }
                guard
                    unsafe word.pointee.compareExchange(expected: owner, desired: me, ordering: .acquiring).exchanged
                else { continue }
                value = number
                unsafe claim = word
                return
            }
            usleep(1000)
        } while !patience.hasPassed
        throw .noSpace
    }

    deinit {
        // Not the child of a fork, nor where the table was overwritten.
        guard shm_generation() == generation else { return }
        _ = unsafe claim.pointee.compareExchange(expected: owner, desired: 0, ordering: .releasing)
    }

    /// The process's number, and above it the low half of its start time.
    private static func word(of process: ProcessIdentity) -> UInt64 {
        UInt64(UInt32(bitPattern: process.process)) | process.startTime << 32
    }

    private static func isDead(_ word: UInt64) -> Bool {
        let process = UInt32(truncatingIfNeeded: word)
        guard process <= UInt32(Int32.max) else { return true }
        if kill(pid_t(process), 0) != 0 && errno == ESRCH { return true }
        // The number may be another process's by now.
        guard word >> 32 != 0, let start = ProcessIdentity.startTime(of: Int32(process)) else { return false }
        return start << 32 != word & ~0xffff_ffff
    }
}
