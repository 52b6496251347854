@_spi(Bench) public import ShmCore
internal import Synchronization

/// The common ground of a stress test's coordinator and its workers.
///
///        0   whether to go on; a futex word
///      128   the mark: how many faults there have been
///      256   the order for whoever enters the critical section next
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

    private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private func futexWord(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
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

    /// Grants that the ring holds.
    public static let grantCapacity = 256

    /// How many grants have been noted.
    public var grants: Int { Int(truncatingIfNeeded: unsafe word(2048).pointee.load(ordering: .acquiring)) }

    /// Under the lock: a worker has it.
    public func noteGrant(_ worker: Int) {
        let count = unsafe word(2048).pointee.load(ordering: .relaxed)
        let entry = unsafe futexWord(2056 + (Int(truncatingIfNeeded: count) & (Self.grantCapacity - 1)) * 4)
        unsafe entry.pointee.store(UInt32(truncatingIfNeeded: worker), ordering: .relaxed)
        unsafe word(2048).pointee.store(count &+ 1, ordering: .releasing)
    }

    /// Who got the lock from a grant on, in this order; the last ``grantCapacity`` at most.
    public func grants(from first: Int) -> [Int] {
        (max(first, grants - Self.grantCapacity)..<max(first, grants)).map { index in
            Int(unsafe futexWord(2056 + (index & (Self.grantCapacity - 1)) * 4).pointee.load(ordering: .relaxed))
        }
    }

    /// Whether two were inside at once: what all have recorded until then says how, so nobody records any more.
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

    /// Gives an order to whoever enters next.
    public func give(_ order: StressOrder) { unsafe word(256).pointee.store(order.word, ordering: .releasing) }

    /// Takes an order back. Returns whether nobody had taken it.
    public func withdraw(_ order: StressOrder) -> Bool {
        unsafe word(256).pointee.compareExchange(
            expected: order.word, desired: 0, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Under the lock: takes the order, if there is one. Two that are inside at once, which must not be, do not both get
    /// it.
    public func take(as worker: Int) -> StressOrder? {
        let word = unsafe self.word(256).pointee.load(ordering: .acquiring)
        guard word != 0, let order = StressOrder(word: word), withdraw(order) else { return nil }
        unsafe self.word(384).pointee.store(UInt64(order.id) << 32 | UInt64(worker + 1), ordering: .releasing)
        return order
    }

    /// The order that is to be taken, if there is one.
    public var order: StressOrder? { StressOrder(word: unsafe word(256).pointee.load(ordering: .acquiring)) }

    /// Who has taken an order, if somebody has.
    public func taker(of order: StressOrder) -> Int? {
        let word = unsafe self.word(384).pointee.load(ordering: .acquiring)
        guard word >> 32 == UInt64(order.id), word & 0xffff_ffff != 0 else { return nil }
        return Int(word & 0xffff_ffff) - 1
    }

    /// Lets whoever holds by an order go on.
    public func release(_ order: StressOrder) {
        unsafe futexWord(512).pointee.store(order.id, ordering: .releasing)
        unsafe Futex.wake(futexWord(512), count: .max)
    }

    /// Whether an order was released.
    public func isReleased(_ order: StressOrder) -> Bool {
        unsafe futexWord(512).pointee.load(ordering: .acquiring) == order.id
    }

    /// Sleeps until an order is released.
    public func awaitRelease(_ order: StressOrder) {
        while !isOver {
            let released = unsafe futexWord(512).pointee.load(ordering: .acquiring)
            if released == order.id { return }
            _ = unsafe Futex.wait(futexWord(512), while: released, until: .after(.milliseconds(100)))
        }
    }

    /// Whom an order's taker is to kill.
    public var victim: (worker: Int, process: Int32)? {
        get {
            let word = unsafe word(640).pointee.load(ordering: .acquiring)
            let (worker, process) = (Int(word & 0xffff_ffff) - 1, Int32(truncatingIfNeeded: word >> 32))
            return worker >= 0 && worker < workers && process > 1 ? (worker, process) : nil
        }
        nonmutating set {
            let word = newValue.map { UInt64($0.worker + 1) | UInt64(UInt32(bitPattern: $0.process)) << 32 }
            unsafe self.word(640).pointee.store(word ?? 0, ordering: .releasing)
        }
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

    /// Whether a process is, or was, to be killed.
    public func isCondemned(_ owner: StressData.Owner) -> Bool {
        guard owner.worker >= 0 && owner.worker < workers else { return false }
        return unsafe slot(owner.worker).pointee.condemned.load(ordering: .acquiring) >= owner.incarnation
    }
}
