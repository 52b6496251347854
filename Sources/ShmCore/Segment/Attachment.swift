internal import CShm
internal import Glibc
internal import SystemPackage

/// One attachment: the mapped data, and a byte whose record lock makes the attachment count. It ends with this object
/// or, at the latest, with the process.
final class Attachment {
    let mode: SharedMemory.AccessMode
    private let mapping: Mapping
    private let size: Int
    private let byte: RecordLock.Place
    private let file: FileDescriptor
    private let generation = shm_generation()

    /// Attaches through a binding's file.
    init(_ binding: SegmentBinding, mode: SharedMemory.AccessMode) throws(SegmentFailure) {
        // Hold the gate shared from before the life word is read until the byte is locked. A destroyer that waits first
        // locks the gate exclusively and then looks for attachments, so either it finds this byte or it prevents this
        // attachment.
        do { try RecordLock.take(.attachGate, shared: true, of: binding.file) } catch {
            throw error == .resourceTemporarilyUnavailable
                ? SegmentFailure(.notFound, "another process is destroying it; create it again afterwards")
                : SegmentFailure(error)
        }
        defer { RecordLock.release(.attachGate, of: binding.file) }
        guard binding.isAlive else { throw .destroyed }
        byte = try Self.lockByte(of: binding)
        do {
            mapping = try Mapping(
                binding.file, offset: 0, length: binding.header.dataSize, writable: mode == .readWrite)
        } catch {
            RecordLock.release(byte, of: binding.file)
            throw SegmentFailure(error)
        }
        size = binding.header.dataSize
        file = binding.file
        self.mode = mode
    }

    deinit {
        // The child of a fork shares the open file description: the attachment still belongs to the parent.
        if shm_generation() == generation { RecordLock.release(byte, of: file) }
    }

    /// Whether the attachment's record lock belongs to that descriptor. In the child of a fork that is the descriptor
    /// that the parent opened.
    func isThrough(_ file: FileDescriptor) -> Bool { self.file == file }

    /// The data. Writing to it in read-only mode is a fault (SIGSEGV).
    var data: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: mapping.address, count: size)
    }

    private static func lockByte(of binding: SegmentBinding) throws(SegmentFailure) -> RecordLock.Place {
        while true {
            let byte = RecordLock.newAttachment()
            do {
                // A write lock needs a writable descriptor. For counting, a read lock conflicts as well.
                try RecordLock.take(byte, shared: !binding.isWritable, of: binding.file)
                return byte
            } catch {
                if error != .resourceTemporarilyUnavailable { throw SegmentFailure(error) }
            }
        }
    }
}
