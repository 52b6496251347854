public import ShmCore
public import Synchronization

/// The coordinator's and the workers' common ground: a segment of its own, beside the one under test.
///
///        0   plan
///     1024   phase word
///     1152   arrivals at the barrier
///     4096   one slot a worker, 256 bytes each
///        …   one latency histogram a worker
///
/// Words that are written by different processes are at least two cache lines apart.
@safe public struct Arena {
    private static let phaseOffset = 1024
    private static let arrivalsOffset = 1152
    private static let slotsOffset = 4096
    private static let slotStride = 256

    private let base: UnsafeMutableRawPointer
    /// Workers that the arena has room for.
    public let workers: Int

    /// Bytes that an arena for so many workers needs.
    public static func byteCount(workers: Int) -> Int {
        slotsOffset + workers * (slotStride + LatencyHistogram.byteCount)
    }

    /// The arena in an attached segment; `nil` where the segment is not attached for writing or too small.
    public init?(_ segment: SharedMemory, workers: Int) {
        precondition(MemoryLayout<Plan>.size <= Self.phaseOffset && MemoryLayout<WorkerSlot>.size <= Self.slotStride)
        guard workers > 0, let data = unsafe segment.mutableData, let address = data.baseAddress,
            data.count >= Self.byteCount(workers: workers)
        else { return nil }
        unsafe base = address
        self.workers = workers
    }

    /// The round's plan.
    public var plan: Plan {
        get { unsafe base.load(as: Plan.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, as: Plan.self) }
    }

    /// The phase word: workers look at it before every acquisition.
    public var phaseWord: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + Self.phaseOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Workers that have arrived at the barrier; a futex word.
    public var arrivals: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + Self.arrivalsOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// A worker's slot.
    public func slot(_ worker: Int) -> UnsafeMutablePointer<WorkerSlot> {
        precondition(worker >= 0 && worker < workers)
        return unsafe (base + Self.slotsOffset + worker * Self.slotStride).assumingMemoryBound(to: WorkerSlot.self)
    }

    /// A worker's latency histogram.
    public func latency(_ worker: Int) -> LatencyHistogram {
        precondition(worker >= 0 && worker < workers)
        let start = Self.slotsOffset + workers * Self.slotStride + worker * LatencyHistogram.byteCount
        return unsafe LatencyHistogram(base + start)
    }

    /// Moves every worker to a phase. Release: what the coordinator wrote before is visible to a worker that sees the
    /// phase.
    public func enter(_ phase: Phase) {
        unsafe phaseWord.pointee.store(phase.rawValue, ordering: .releasing)
        unsafe Futex.wake(phaseWord, count: .max)
    }

    /// The phase now.
    public var phase: Phase {
        Phase(rawValue: unsafe phaseWord.pointee.load(ordering: .acquiring)) ?? .stop
    }

    /// A worker's arrival at the barrier: returns when the coordinator has left that phase.
    public func arriveAndWait(while waiting: Phase) {
        unsafe arrivals.pointee.add(1, ordering: .acquiringAndReleasing)
        unsafe Futex.wake(arrivals, count: 1)
        while phase <= waiting {
            _ = unsafe Futex.wait(phaseWord, while: phase.rawValue, until: .after(.seconds(1)))
        }
    }

    /// The coordinator's side of the barrier: waits until so many arrivals have been counted since the round's begin, or the
    /// deadline has passed; returns how many there are.
    public func awaitArrivals(_ total: Int, until deadline: Deadline) -> Int {
        while true {
            let arrived = unsafe arrivals.pointee.load(ordering: .acquiring)
            if arrived >= total { return total }
            if case .timedOut = unsafe Futex.wait(arrivals, while: arrived, until: deadline) {
                return Int(unsafe arrivals.pointee.load(ordering: .acquiring))
            }
        }
    }
}
