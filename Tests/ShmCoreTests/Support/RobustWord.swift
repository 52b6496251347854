import Glibc
import Synchronization
import SystemPackage

@testable import ShmCore

/// The words of a robust-futex lock, accessed without the lock: values that the kernel, a dead process or an
/// overwriting program may leave there.
@safe final class RobustWord {
    static let waiters: UInt32 = 0x8000_0000
    static let ownerDied: UInt32 = 0x4000_0000
    static let ownerMask: UInt32 = 0x3fff_ffff

    private let page: Mapping
    private let base: UnsafeMutablePointer<Atomic<UInt32>>

    init(_ shared: SharedMemory) throws {
        guard let file = shared.handle else { throw Errno.badFileDescriptor }
        let size = SegmentLayout.pageSize
        page = try Mapping(file, offset: Int(lseek(file.rawValue, 0, SEEK_END)) - size, length: size, writable: true)
        unsafe base = (page.address + size - RobustListEntry.wordOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    var value: UInt32 {
        get { unsafe base.pointee.load(ordering: .acquiring) }
        set { unsafe base.pointee.store(newValue, ordering: .releasing) }
    }

    var words: RobustWords { unsafe RobustWords(word: base) }

    /// The word of the thread with the bias.
    var biased: UInt32 {
        get { unsafe words.biased.pointee.load(ordering: .acquiring) }
        set { unsafe words.biased.pointee.store(newValue, ordering: .releasing) }
    }

    var state: RobustState {
        get { words.current }
        set { unsafe words.state.pointee.store(newValue.bits, ordering: .releasing) }
    }

    var former: UInt32 {
        get { unsafe words.former.pointee.load(ordering: .acquiring) }
        set { unsafe words.former.pointee.store(newValue, ordering: .releasing) }
    }

    var mode: UInt32 {
        get { unsafe words.mode.pointee.load(ordering: .acquiring) }
        set { unsafe words.mode.pointee.store(newValue, ordering: .releasing) }
    }

    var owner: UInt32 { value & Self.ownerMask }

    /// The handoff target.
    var target: UInt32 {
        get { unsafe (base - 1).pointee.load(ordering: .acquiring) }
        set { unsafe (base - 1).pointee.store(newValue, ordering: .releasing) }
    }

    /// Writes to the hint that lies `words` words before the word.
    func overwrite(_ value: UInt32, before distance: Int) {
        unsafe (base - distance).pointee.store(value, ordering: .relaxed)
    }

    /// A thread id that no thread has any more.
    static func deadThread(_ scratch: Scratch, _ shared: SharedMemory) throws -> UInt32 {
        let dead = try scratch.probe(shared)
        dead.kill()
        return UInt32(dead.processID)
    }
}
