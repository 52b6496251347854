internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A participant's number in a lock whose participants have something of their own in shared memory: a queue node, or
/// a place in an array. Numbers are small, and given back when the value ends.
///
/// A table of process ids says whose each number is. A process that died cannot give its numbers back: they are taken
/// from it when no other is left, but only at a moment when the lock is free, for a dead waiter's node may still be
/// linked into the queue. Ids mean nothing in another PID namespace, so locks that use numbers say
/// ``LockProperties/onePIDNamespace``.
///
/// The child of a fork must not use the participants that it inherited: they are its parent's.
@safe @usableFromInline struct ParticipantNumber: ~Copyable {
    /// From 0 to the number of participants that the area was initialised for, less one.
    let value: Int
    private let claim: UnsafeMutablePointer<Atomic<UInt32>>
    private let process: UInt32

    /// Bytes of the table.
    static func bytesNeeded(participants: Int) -> Int {
        (participants * MemoryLayout<UInt32>.size + lineStride - 1) / lineStride * lineStride
    }

    /// Claims a number in a table.
    ///
    /// Throws `ENOSPC` where all are taken by processes that live, or the lock was not seen free for a second.
    init(
        in table: UnsafeMutableRawPointer, participants: Int, whileFree isFree: () -> Bool
    ) throws(Errno) {
        process = UInt32(getpid())
        for number in 0..<participants {
            let word = unsafe table.word(at: number * MemoryLayout<UInt32>.size)
            // Acquire: what whoever gave the number back has done with it is over.
            guard unsafe word.pointee.load(ordering: .relaxed) == 0,
                unsafe word.pointee.compareExchange(expected: 0, desired: process, ordering: .acquiring).exchanged
            else { continue }
            value = number
            unsafe claim = word
            return
        }
        let patience = Deadline.after(.seconds(1))
        repeat {
            for number in 0..<participants {
                let word = unsafe table.word(at: number * MemoryLayout<UInt32>.size)
                let owner = unsafe word.pointee.load(ordering: .acquiring)
                // Dead first, then free: nobody enqueues the node of a dead participant any more.
                guard owner == 0 || Self.isDead(owner) && isFree(),
                    unsafe word.pointee.compareExchange(expected: owner, desired: process, ordering: .acquiring)
                        .exchanged
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
        // Not the child of a fork, nor where somebody has scribbled over the table.
        guard UInt32(getpid()) == process else { return }
        _ = unsafe claim.pointee.compareExchange(expected: process, desired: 0, ordering: .releasing)
    }

    private static func isDead(_ process: UInt32) -> Bool {
        process > UInt32(Int32.max) || kill(pid_t(process), 0) != 0 && errno == ESRCH
    }
}
