public import ShmCore
public import Synchronization

/// The common ground of a crash test's processes: a segment of its own, beside the one under test.
///
///        0   path
///     1024   for each survivor, and at the end for the target, 512 bytes: the order word at 0, the word of the last order
///            that was carried out at 128, the slot at 256
@safe public struct CrashArena {
    /// Counters that a critical section increments: enough for an update to be half-way in several places.
    public static let counters = 4

    private static let slotsOffset = 1024
    private static let slotStride = 512
    private static let finishedOffset = 128
    private static let slotOffset = 256

    private let base: UnsafeMutableRawPointer
    /// Survivors that the arena has room for.
    public let survivors: Int

    /// Bytes that an arena for so many survivors and a target needs.
    public static func byteCount(survivors: Int) -> Int { slotsOffset + (survivors + 1) * slotStride }

    /// The arena in an attached segment; `nil` where the segment is not attached for writing or too small.
    public init?(_ segment: SharedMemory, survivors: Int) {
        precondition(MemoryLayout<CrashSlot>.size <= Self.slotStride - Self.slotOffset)
        guard survivors > 0, let data = unsafe segment.mutableData, let address = data.baseAddress,
            data.count >= Self.byteCount(survivors: survivors)
        else { return nil }
        unsafe base = address
        self.survivors = survivors
    }

    /// The path that the next target takes.
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

    /// What a survivor is to do, a ``CrashOrder``; a futex word. Written by the coordinator.
    public func orderWord(_ survivor: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe start(survivor).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The last order that a survivor has carried out; a futex word. Written by the survivor.
    public func finishedWord(_ survivor: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (start(survivor) + Self.finishedOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Makes the target's slot that of a process that has not started.
    public func clearTarget() {
        let start = unsafe start(survivors)
        unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: Self.slotStride)
    }

    private func start(_ process: Int) -> UnsafeMutableRawPointer {
        precondition(process >= 0 && process <= survivors)
        return unsafe base + Self.slotsOffset + process * Self.slotStride
    }
}
