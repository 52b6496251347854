internal import Synchronization

/// Suggests bytes for the record locks of new attachments: neighbouring ones, so that ``AttachmentCount`` has few gaps
/// to search. Two words of the control block.
///
/// They are hints only. The record lock on the byte makes an attachment count, and another process that holds it
/// already makes this process try the next byte. So a process that dies with a slot, or another program that overwrites
/// the words, costs attempts and nothing else.
@safe struct AttachmentSlots {
    private let words: UnsafeMutablePointer<Atomic<UInt32>>

    /// - Parameter words: the lowest slot that was never used, and the slot that became free last, plus one; 0 for none.
    init(_ words: UnsafeMutableRawPointer) {
        unsafe self.words = words.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    func take() -> UInt32 {
        let freed = unsafe words + 1
        if unsafe freed.pointee.load(ordering: .relaxed) != 0 {
            let slot = unsafe freed.pointee.exchange(0, ordering: .relaxed)
            if slot != 0 { return slot - 1 }
        }
        return unsafe words.pointee.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// Offers a slot whose record lock was released.
    func giveBack(_ slot: UInt32) {
        let isLast = unsafe words.pointee.compareExchange(expected: slot &+ 1, desired: slot, ordering: .relaxed)
        if !isLast.exchanged { unsafe words[1].store(slot &+ 1, ordering: .relaxed) }
    }
}
