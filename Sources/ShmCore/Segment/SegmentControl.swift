internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The control block of a segment in this process's memory: the validated header, and the words that processes share.
/// The bindings of a process to one segment share it (``SegmentControlRegistry``).
@safe final class SegmentControl {
    let header: SegmentHeader
    let layout: SegmentLayout
    /// The identity of the segment's file.
    let identity: FileIdentity
    /// Whether it is mapped for writing.
    let isWritable: Bool
    /// Written by the process that initialises or destroys the segment; see ``SegmentBinding/Life``.
    let life: UnsafePointer<Atomic<UInt32>>
    /// The number of bindings that share this object. Guarded by the registry's lock.
    var users = 1

    private let mapping: Mapping
    private let page: UnsafeMutableRawPointer
    /// The header's bytes when this object was made.
    private let bytes: [UInt8]

    /// Takes ownership of the mapping of a control block.
    init(
        _ header: SegmentHeader, _ layout: SegmentLayout, _ identity: FileIdentity, _ mapping: consuming Mapping,
        writable: Bool
    ) {
        self.header = header
        self.layout = layout
        self.identity = identity
        isWritable = writable
        unsafe page = mapping.address + (layout.headerOffset - layout.controlOffset)
        unsafe life = UnsafeRawPointer(page + SegmentLayout.lifeOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
        bytes = unsafe Array(UnsafeRawBufferPointer(start: page, count: SegmentHeader.byteCount))
        self.mapping = mapping
    }

    /// Whether a file still has the size and the header that were validated.
    func isStill(_ status: stat) -> Bool {
        guard Int(status.st_size) == layout.fileSize, status.st_nlink <= 1 else { return false }
        return unsafe memcmp(page, bytes, bytes.count) == 0
    }

    var lockArea: UnsafeMutableRawPointer { unsafe mapping.address + (layout.lockOffset - layout.controlOffset) }

    /// The life word, of a writable control block.
    var lifeWord: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word(at: SegmentLayout.lifeOffset) }

    /// Whether a destroyer waits for attachments to end, or has died meanwhile. Its record lock on the gate tells which.
    /// Of a writable control block, only the holder of that lock sets it.
    var isBarred: Bool {
        get { unsafe word(at: SegmentLayout.barOffset).pointee.load(ordering: .acquiring) != 0 }
        set { unsafe word(at: SegmentLayout.barOffset).pointee.store(newValue ? 1 : 0, ordering: .releasing) }
    }

    /// Hints for attachments, in a writable control block.
    var slots: AttachmentSlots { unsafe AttachmentSlots(page + SegmentLayout.slotsOffset) }

    private func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (page + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }
}
