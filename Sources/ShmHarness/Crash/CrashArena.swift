public import ShmCore
public import Synchronization

/// The memory that the processes of a crash test share: a segment of its own, beside the one under test.
///
///        0   path
///     1024   per survivor, and last for the target, 512 bytes: the order word at 0, the word of the last order that was
///            carried out at 128, the slot at 256
@safe public struct CrashArena {
    /// Counters that a critical section increments; several, so that an update can be interrupted at several points.
    public static let counters = 4

    private static let slotsOffset = 1024
    private static let slotStride = 512
    private static let finishedOffset = 128
    private static let slotOffset = 256

    private let base: UnsafeMutableRawPointer
    /// The number of survivors that the arena has room for.
    public let survivors: Int

    /// The size of an arena for that many survivors and a target, in bytes.
    public static func byteCount(survivors: Int) -> Int { slotsOffset + (survivors + 1) * slotStride }

    /// The arena in an attached segment; `nil` if the segment is too small or not attached for writing.
    public init?(_ segment: SharedMemory, survivors: Int) {
        precondition(MemoryLayout<CrashSlot>.size <= Self.slotStride - Self.slotOffset)
        guard survivors > 0, let data = unsafe segment.mutableData, let address = data.baseAddress,
            data.count >= Self.byteCount(survivors: survivors)
        else { return nil }
        unsafe base = address
        self.survivors = survivors
    }

    /// The path of the next target.
    public var path: CrashPath {
        get { CrashPath(rawValue: unsafe base.load(as: UInt32.self)) ?? .uncontended }
        nonmutating set { unsafe base.storeBytes(of: newValue.rawValue, as: UInt32.self) }
    }

    /// A survivor's slot.
    public func slot(_ survivor: Int) -> UnsafeMutablePointer<CrashSlot> {
        unsafe (start(survivor) + Self.slotOffset).assumingMemoryBound(to: CrashSlot.self)
    }

    /// The target's slot.
    public var target: UnsafeMutablePointer<CrashSlot> { unsafe slot(survivors) }

    /// The ``CrashOrder`` for a survivor, a futex word. The coordinator writes it.
    public func orderWord(_ survivor: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe start(survivor).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The last order that a survivor has carried out, a futex word. The survivor writes it.
    public func finishedWord(_ survivor: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (start(survivor) + Self.finishedOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Clears the target's slot for a process that has not started.
    public func clearTarget() {
        let start = unsafe start(survivors)
        unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: Self.slotStride)
    }

    private func start(_ process: Int) -> UnsafeMutableRawPointer {
        precondition(process >= 0 && process <= survivors)
        return unsafe base + Self.slotsOffset + process * Self.slotStride
    }
}
