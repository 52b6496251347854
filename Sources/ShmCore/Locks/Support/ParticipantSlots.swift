public import Synchronization
internal import SystemPackage

/// The area of a lock that has a slot in shared memory for each participant.
///
///     0        the lock's own words
///     128      table of participants
///     …        slots, 128 bytes each
@safe @usableFromInline struct ParticipantSlots: ~Copyable {
    /// The number of slots.
    @usableFromInline let count: UInt32
    /// This participant's slot, from 0.
    @usableFromInline let number: UInt32
    @usableFromInline let first: UnsafeMutableRawPointer
    private let claim: ParticipantNumber

    static func bytesNeeded(participants: Int) -> Int {
        lineStride + ParticipantNumber.bytesNeeded(participants: participants) + participants * lineStride
    }

    /// Claims a slot. It may be the slot of a dead participant.
    ///
    /// - Parameter isFree: whether the lock is free, judged by its own words and by `count` slots from `first` on.
    init(
        _ binding: borrowing LockBinding, whileFree isFree: (_ first: UnsafeMutableRawPointer, _ count: Int) -> Bool
    ) throws(Errno) {
        let table = unsafe binding.area + lineStride
        let participants = binding.participants
        let slots = unsafe table + ParticipantNumber.bytesNeeded(participants: participants)
        claim = try unsafe ParticipantNumber(in: table, participants: participants) {
            unsafe isFree(slots, participants)
        }
        unsafe first = slots
        count = UInt32(participants)
        number = UInt32(claim.value)
    }

    /// The address of this participant's slot.
    var mine: UnsafeMutableRawPointer { unsafe first + Int(number) * lineStride }

    /// The slot with that number; `nil` if there is none, which only corrupt memory asks for.
    @inlinable @inline(__always)
    borrowing func slot(_ number: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>>? {
        guard number < count else { return nil }
        return unsafe (first + Int(number) * 128).assumingMemoryBound(to: Atomic<UInt32>.self)
    }
}
