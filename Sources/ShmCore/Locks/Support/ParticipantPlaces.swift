public import Synchronization
internal import SystemPackage

/// The area of a lock whose participants each have a place of their own in shared memory.
///
///     0        the lock's own words
///     128      table of participants
///     …        places, 128 bytes each
@safe @usableFromInline struct ParticipantPlaces: ~Copyable {
    /// How many there are.
    @usableFromInline let count: UInt32
    /// This participant's, from 0.
    @usableFromInline let number: UInt32
    @usableFromInline let first: UnsafeMutableRawPointer
    private let claim: ParticipantNumber

    static func bytesNeeded(participants: Int) -> Int {
        lineStride + ParticipantNumber.bytesNeeded(participants: participants) + participants * lineStride
    }

    /// Claims a place, which may have to be a dead participant's.
    ///
    /// - Parameter isFree: whether the lock is free, by its own words and the given number of places from the given one on.
    init(
        _ binding: borrowing LockBinding, whileFree isFree: (_ first: UnsafeMutableRawPointer, _ count: Int) -> Bool
    ) throws(Errno) {
        let table = unsafe binding.area + lineStride
        let participants = binding.participants
        let places = unsafe table + ParticipantNumber.bytesNeeded(participants: participants)
        claim = try unsafe ParticipantNumber(in: table, participants: participants) {
            unsafe isFree(places, participants)
        }
        unsafe first = places
        count = UInt32(participants)
        number = UInt32(claim.value)
    }

    /// This participant's place.
    var mine: UnsafeMutableRawPointer { unsafe first + Int(number) * lineStride }

    /// A place by its number; `nil` where there is none, which corrupt memory can ask for.
    @inlinable @inline(__always)
    borrowing func place(_ number: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>>? {
        guard number < count else { return nil }
        return unsafe (first + Int(number) * 128).assumingMemoryBound(to: Atomic<UInt32>.self)
    }
}
