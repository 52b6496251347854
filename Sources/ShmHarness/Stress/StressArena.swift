@_spi(Bench) public import ShmCore
internal import Synchronization

/// The common ground of a stress test's coordinator and its workers.
///
///        0   whether to go on; a futex word
///      128   the mark: how many faults there have been
///      256   the order for the next owner
///      384   the order that was taken last (upper half), and by which worker plus one
///      512   the order that was released last; a futex word
///      640   whom an order's taker is to kill: the worker plus one, and its process id in the upper half
///      768   whether workers are to rest between two acquisitions; a futex word
///      896   whether two were inside at once
///     1024   the only ways to the lock that workers may take, a ``StressPolicy``
///     1152   when an owner is about to release, ns
///     2048   how many grants there have been, and a ring of the last workers that got the lock
///     4096   one slot a worker, 256 bytes each
///        …   one flight recorder a worker
@safe public struct StressArena {
    private static let slotsOffset = 4096
    private static let slotStride = 256

    private let base: UnsafeMutableRawPointer
    /// Workers that there is room for.
    public let workers: Int

    /// Bytes for so many workers.
    public static func byteCount(workers: Int) -> Int {
        slotsOffset + workers * (slotStride + FlightRecorder.byteCount)
    }

    /// The arena in an attached segment; `nil` where the segment is not attached for writing or too small.
    public init?(_ segment: SharedMemory, workers: Int) {
        precondition(MemoryLayout<StressSlot>.size <= Self.slotStride)
        guard workers > 0, let data = unsafe segment.mutableData, let address = data.baseAddress,
            data.count >= Self.byteCount(workers: workers)
        else { return nil }
        unsafe base = address
        self.workers = workers
    }

    func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    func futexWord(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Whether workers are to leave.
    public var isOver: Bool {
        get { unsafe futexWord(0).pointee.load(ordering: .acquiring) != 0 }
        nonmutating set { unsafe futexWord(0).pointee.store(newValue ? 1 : 0, ordering: .releasing) }
    }

    /// Whether workers are to rest before they ask for the lock again.
    public var isPaused: Bool {
        get { unsafe futexWord(768).pointee.load(ordering: .acquiring) != 0 }
        nonmutating set {
            unsafe futexWord(768).pointee.store(newValue ? 1 : 0, ordering: .releasing)
            if !newValue { unsafe Futex.wake(futexWord(768), count: .max) }
        }
    }

    /// A worker's rest; ends as well when it is asked for something.
    public func rest(in slot: UnsafeMutablePointer<StressSlot>) {
        while isPaused && !isOver {
            if unsafe slot.pointee.request.load(ordering: .acquiring) != 0 { return }
            _ = unsafe Futex.wait(futexWord(768), while: 1, until: .after(.milliseconds(100)))
        }
    }

    /// Wakes those that rest, so that they see what they are asked for.
    public func wakeResting() { unsafe Futex.wake(futexWord(768), count: .max) }

    /// The ways to the lock that workers may take.
    public var policy: StressPolicy {
        get { StressPolicy(rawValue: unsafe futexWord(1024).pointee.load(ordering: .acquiring)) ?? .any }
        nonmutating set { unsafe futexWord(1024).pointee.store(newValue.rawValue, ordering: .releasing) }
    }

    /// When an owner that has said so releases the lock, ns of ``Clock``; in the past where none is about to.
    public var handOff: UInt64 {
        get { unsafe word(1152).pointee.load(ordering: .relaxed) }
        nonmutating set { unsafe word(1152).pointee.store(newValue, ordering: .relaxed) }
    }

    /// Whether two were inside at once: what all have recorded until then says how, so recording ends.
    public var isEvidenceFixed: Bool {
        get { unsafe futexWord(896).pointee.load(ordering: .relaxed) != 0 }
        nonmutating set { unsafe futexWord(896).pointee.store(newValue ? 1 : 0, ordering: .relaxed) }
    }

    /// How many faults there have been. An owner notes the first acquisition after each.
    public var mark: UInt64 { unsafe word(128).pointee.load(ordering: .acquiring) }

    /// The next fault comes now; returns its number.
    @discardableResult
    public func makeMark() -> UInt64 {
        unsafe word(128).pointee.add(1, ordering: .acquiringAndReleasing).newValue
    }

    /// A worker's slot.
    public func slot(_ worker: Int) -> UnsafeMutablePointer<StressSlot> {
        precondition(worker >= 0 && worker < workers)
        return unsafe (base + Self.slotsOffset + worker * Self.slotStride).assumingMemoryBound(to: StressSlot.self)
    }

    /// A worker's flight recorder.
    public func recorder(_ worker: Int) -> FlightRecorder {
        precondition(worker >= 0 && worker < workers)
        return unsafe FlightRecorder(
            base + Self.slotsOffset + workers * Self.slotStride + worker * FlightRecorder.byteCount)
    }

    /// Sections that have changed all data, of all workers that ever were: exact under the lock.
    public var finished: UInt64 {
        (0..<workers).reduce(0) { sum, worker in
            sum &+ (unsafe slot(worker).pointee.finished.load(ordering: .relaxed))
        }
    }

    /// Whether the kill of a process has been announced: the process may be dead, or about to die.
    public func isBeingKilled(_ owner: StressData.Owner) -> Bool {
        guard owner.worker >= 0 && owner.worker < workers else { return false }
        return unsafe slot(owner.worker).pointee.killedIncarnation.load(ordering: .acquiring) >= owner.incarnation
    }
}
