internal import CShm
internal import Glibc
internal import SystemPackage

/// One attachment: the mapped data, and the byte whose record lock makes it count. Ends with this object or, at the
/// latest, with the process.
final class Attachment {
    let mode: SharedMemory.AccessMode
    private let mapping: Mapping
    private let size: Int
    private let byte: RecordLock.Place
    private let file: FileDescriptor
    private let generation = shm_generation()

    /// Attaches through a binding's file.
    init(_ binding: SegmentBinding, mode: SharedMemory.AccessMode) throws(SegmentFailure) {
        // The gate is held shared from before the look at the life word until the byte is locked. A destroyer that
        // waits holds it exclusively, and only then looks for attachments: it either sees this byte or bars this
        // attachment.
        do { try RecordLock.take(.attachGate, shared: true, of: binding.file) } catch {
            throw error == .resourceTemporarilyUnavailable
                ? SegmentFailure(.notFound, "it is being destroyed; create it anew once it is gone")
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
        // A child made by fork shares the open file description: the attachment is still its parent's.
        if shm_generation() == generation { RecordLock.release(byte, of: file) }
    }

    /// Whether that descriptor carries it. In the child of a fork that is the one that its parent opened.
    func isThrough(_ file: FileDescriptor) -> Bool { self.file == file }

    /// The data. Writing through it in read-only mode is a fault (SIGSEGV).
    var data: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: mapping.address, count: size)
    }

    private static func lockByte(of binding: SegmentBinding) throws(SegmentFailure) -> RecordLock.Place {
        while true {
            let byte = RecordLock.newAttachment()
            do {
                // A write lock needs a writable descriptor; for counting, a read lock conflicts just as well.
                try RecordLock.take(byte, shared: !binding.isWritable, of: binding.file)
                return byte
            } catch {
                if error != .resourceTemporarilyUnavailable { throw SegmentFailure(error) }
            }
        }
    }
}
