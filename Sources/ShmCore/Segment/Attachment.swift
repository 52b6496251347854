internal import CShm
internal import Glibc
internal import SystemPackage

/// One attachment: the mapped data, and a byte whose record lock makes the attachment count. It ends with this object
/// or, at the latest, with the process.
final class Attachment {
    let mode: SharedMemory.AccessMode
    private let mapping: Mapping
    private let place: Place
    private let size: Int
    private let generation = shm_generation()

    /// Attaches through a binding's file.
    init(_ binding: SegmentBinding, mode: SharedMemory.AccessMode) throws(SegmentFailure) {
        place = try Place(binding)
        do {
            mapping = try Mapping(
                binding.file, offset: 0, length: binding.header.dataSize, writable: mode == .readWrite)
        } catch {
            place.release()
            throw SegmentFailure(error)
        }
        size = binding.header.dataSize
        self.mode = mode
    }

    deinit {
        // The child of a fork shares the open file description: the attachment still belongs to the parent.
        if shm_generation() == generation { place.release() }
    }

    /// Whether the attachment's record lock belongs to that descriptor. In the child of a fork that is the descriptor
    /// that the parent opened.
    func isThrough(_ file: FileDescriptor) -> Bool { place.file == file }

    /// The data. Writing to it in read-only mode is a fault (SIGSEGV).
    var data: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: mapping.address, count: size)
    }
}

extension Attachment {
    /// The locked byte of an attachment.
    private struct Place {
        /// Where a process may take a byte that is in use, by an outdated hint.
        private static let attempts = 8

        let file: FileDescriptor
        private let byte: RecordLock.Place
        private let slot: UInt32?
        private let control: SegmentControl

        /// Locks a byte of a live segment, unless a destroyer waits.
        ///
        /// A destroyer that waits takes the gate, sets the bar, and then locks all bytes, when no other process has
        /// one locked. The kernel orders that and this lock. So either the destroyer finds this byte and waits for it,
        /// or the bar is visible here. If the destroyer died meanwhile, the bar remains, but the gate is free.
        init(_ binding: SegmentBinding) throws(SegmentFailure) {
            file = binding.file
            control = binding.control
            var attempt = 0
            while true {
                if binding.isBarred { throw .beingDestroyed }
                attempt += 1
                let slot = binding.isWritable && attempt <= Self.attempts ? control.slots.take() : nil
                let byte = slot.map(RecordLock.Place.slot) ?? .random()
                do {
                    // A write lock needs a writable descriptor. For counting, a read lock conflicts as well.
                    try RecordLock.take(byte, shared: !binding.isWritable, of: file)
                } catch {
                    if error == .resourceTemporarilyUnavailable { continue }
                    throw SegmentFailure(error)
                }
                (self.byte, self.slot) = (byte, slot)
                break
            }
            if !binding.isBarred && binding.isAlive { return }
            release()
            throw binding.isAlive ? .beingDestroyed : .destroyed
        }

        func release() {
            RecordLock.release(byte, of: file)
            if let slot { control.slots.giveBack(slot) }
        }
    }
}
