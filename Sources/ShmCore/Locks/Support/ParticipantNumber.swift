internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The number of a participant in a lock that keeps per-participant state in shared memory: a queue node or an array
/// slot. Numbers are small, and the value's end returns its number.
///
/// A table records the owner of each number: the process id and the start time, because the kernel reuses process ids.
/// A process that died cannot return its numbers. A newcomer takes them over when no other number is left, and only
/// while the lock is free, because a dead waiter's node may still be linked into the queue. A process id means nothing
/// in another PID namespace, so locks that use this table set ``LockProperties/onePIDNamespace``.
///
/// The child of a fork must not use the participants that it inherited: they belong to its parent.
@safe @usableFromInline struct ParticipantNumber: ~Copyable {
    /// The maximum number of participants of a lock.
    static let limit = 4096

    /// At least 0, and less than the number of participants that the area was initialised for.
    let value: Int
    private let claim: UnsafeMutablePointer<Atomic<UInt64>>
    private let owner: UInt64
    private let generation = shm_generation()

    /// The size of the table.
    static func bytesNeeded(participants: Int) -> Int {
        (participants * MemoryLayout<UInt64>.size + lineStride - 1) / lineStride * lineStride
    }

    /// Claims a number in a table.
    ///
    /// Throws `ENOSPC` if live processes own all numbers, or if the lock was not observed free within a second.
    init(
        in table: UnsafeMutableRawPointer, participants: Int, whileFree isFree: () -> Bool
    ) throws(Errno) {
        let me = Self.word(of: .current)
        owner = me
        for number in 0..<participants {
            let word = unsafe table.longWord(at: number * MemoryLayout<UInt64>.size)
            // Acquire: the previous owner of the number has finished with its slot.
            guard unsafe word.pointee.load(ordering: .relaxed) == 0,
                unsafe word.pointee.compareExchange(expected: 0, desired: me, ordering: .acquiring).exchanged
            else { continue }
            value = number
            unsafe claim = word
            return
        }
        let patience = Deadline.after(.seconds(1))
        repeat {
            // One process may own many numbers: ask about it once in a pass.
            var living: UInt64 = 0
            for number in 0..<participants {
                let word = unsafe table.longWord(at: number * MemoryLayout<UInt64>.size)
                let owner = unsafe word.pointee.load(ordering: .acquiring)
                // Check the death before the lock: once its owner is dead, no participant enqueues that node any more.
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
        // The child of a fork returns nothing, nor does a process whose entry was overwritten.
        guard shm_generation() == generation else { return }
        _ = unsafe claim.pointee.compareExchange(expected: owner, desired: 0, ordering: .releasing)
    }

    /// The process id in the low half, the low half of its start time above it.
    private static func word(of process: ProcessIdentity) -> UInt64 {
        UInt64(UInt32(bitPattern: process.process)) | process.startTime << 32
    }

    private static func isDead(_ word: UInt64) -> Bool {
        let process = UInt32(truncatingIfNeeded: word)
        guard process <= UInt32(Int32.max) else { return true }
        if kill(pid_t(process), 0) != 0 && errno == ESRCH { return true }
        // Another process may have the id by now.
        guard word >> 32 != 0, let start = ProcessIdentity.startTime(of: Int32(process)) else { return false }
        return start << 32 != word & ~0xffff_ffff
    }
}
