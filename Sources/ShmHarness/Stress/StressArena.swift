@_spi(Bench) public import ShmCore
internal import Synchronization

/// The memory that coordinator and workers of a stress test share.
///
///        0   whether the test is over; a futex word
///      128   the mark: the number of faults so far
///      256   the order for the next owner
///      384   the last taken order's id (upper half), and the worker that took it, plus one
///      512   the last released order's id; a futex word
///      640   the process to kill: the worker plus one, and its process id in the upper half
///      768   whether workers rest between two acquisitions; a futex word
///      896   whether two processes were in the critical section at once
///     1024   the ways in which workers may take the lock, a ``StressPolicy``
///     1152   when an owner is about to release the lock, in ns
///     2048   the number of grants, and a ring of the last workers that got the lock
///     4096   one slot per worker, 256 bytes each
///        …   one flight recorder per worker
@safe public struct StressArena {
    private static let slotsOffset = 4096
    private static let slotStride = 256

    private let base: UnsafeMutableRawPointer
    /// The number of workers that the arena has room for.
    public let workers: Int

    /// The size of an arena for that many workers, in bytes.
    public static func byteCount(workers: Int) -> Int {
        slotsOffset + workers * (slotStride + FlightRecorder.byteCount)
    }

    /// The arena in an attached segment; `nil` if the segment is too small or not attached for writing.
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

    /// Whether workers are to exit.
    public var isOver: Bool {
        get { unsafe futexWord(0).pointee.load(ordering: .acquiring) != 0 }
        nonmutating set { unsafe futexWord(0).pointee.store(newValue ? 1 : 0, ordering: .releasing) }
    }

    /// Whether workers rest before their next acquisition.
    public var isPaused: Bool {
        get { unsafe futexWord(768).pointee.load(ordering: .acquiring) != 0 }
        nonmutating set {
            unsafe futexWord(768).pointee.store(newValue ? 1 : 0, ordering: .releasing)
            if !newValue { unsafe Futex.wake(futexWord(768), count: .max) }
        }
    }

    /// Rests until the pause or the test is over, or the worker has a request.
    public func rest(in slot: UnsafeMutablePointer<StressSlot>) {
        while isPaused && !isOver {
            if unsafe slot.pointee.request.load(ordering: .acquiring) != 0 { return }
            _ = unsafe Futex.wait(futexWord(768), while: 1, until: .after(.milliseconds(100)))
        }
    }

    /// Wakes the resting workers, so that they see their requests.
    public func wakeResting() { unsafe Futex.wake(futexWord(768), count: .max) }

    /// The ways in which workers may take the lock.
    public var policy: StressPolicy {
        get { StressPolicy(rawValue: unsafe futexWord(1024).pointee.load(ordering: .acquiring)) ?? .any }
        nonmutating set { unsafe futexWord(1024).pointee.store(newValue.rawValue, ordering: .releasing) }
    }

    /// When an owner that has announced its release releases the lock, in ns of ``Clock``; in the past if there is none.
    public var handOff: UInt64 {
        get { unsafe word(1152).pointee.load(ordering: .relaxed) }
        nonmutating set { unsafe word(1152).pointee.store(newValue, ordering: .relaxed) }
    }

    /// Whether two processes were in the critical section at once. Recording then stops, so that the recorders keep the
    /// evidence.
    public var isEvidenceFixed: Bool {
        get { unsafe futexWord(896).pointee.load(ordering: .relaxed) != 0 }
        nonmutating set { unsafe futexWord(896).pointee.store(newValue ? 1 : 0, ordering: .relaxed) }
    }

    /// The number of faults so far. An owner records the first acquisition after each.
    public var mark: UInt64 { unsafe word(128).pointee.load(ordering: .acquiring) }

    /// Marks the next fault; returns its number.
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

    /// Sections that have changed all data, summed over all workers and their former incarnations; exact under the
    /// lock.
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
