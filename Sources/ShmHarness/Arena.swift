internal import CBench
@_spi(Bench) public import ShmCore
public import Synchronization

/// The memory that coordinator and workers share: a segment of its own, beside the one under test.
///
///        0   plan
///     1024   phase word
///     1152   arrivals at the barrier
///     1280   workers that have entered the latency window
///     1408   workers that have entered the order window
///     1536   busy loops of the background load that run
///     1664   words of turns (`Arena+Turns.swift`)
///     4096   the acquisition log
///        …   one slot per worker, 256 bytes each
///        …   one histogram of each kind per worker
///        …   in a traced round: one flight recorder per worker
///
/// Words that different processes write are at least two cache lines apart.
@safe public struct Arena {
    @inlinable static var phaseOffset: Int { 1024 }
    private static let arrivalsOffset = 1152
    @inlinable static var logOffset: Int { 4096 }
    @inlinable static var slotsOffset: Int { logOffset + (AcquisitionLog.byteCount + 4095) / 4096 * 4096 }
    @inlinable static var slotStride: Int { 256 }

    /// What a worker keeps a histogram of. All values are in nanoseconds.
    public enum Timed: Int, Sendable, CaseIterable {
        /// From the call of `lock` to the acquisition; in an open loop, from the time at which the call was due.
        case acquire
        /// In an open loop: from the call of `lock` to the acquisition, without correction for coordinated omission.
        case uncorrected
        /// From the acquisition to the start of the release.
        case hold
        /// From the start of another worker's release to the acquisition.
        case handoff
        /// From the start of a worker's release to its own next acquisition.
        case reacquire

        /// The histogram from which tail percentiles are read is the finest.
        @inlinable public var geometry: LatencyHistogram.Geometry { self == .acquire ? .threeDigits : .twoDigits }

        @inlinable var offset: Int {
            self == .acquire
                ? 0
                : LatencyHistogram.Geometry.threeDigits.byteCount + (rawValue - 1)
                    * LatencyHistogram.Geometry.twoDigits.byteCount
        }

        @inlinable static var byteCount: Int {
            LatencyHistogram.Geometry.threeDigits.byteCount + (allCases.count - 1)
                * LatencyHistogram.Geometry.twoDigits.byteCount
        }
    }

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let byteCount: Int
    /// The number of workers that the arena has room for.
    public let workers: Int

    /// The size of an arena for that many workers, in bytes.
    @inlinable
    public static func byteCount(workers: Int, isTraced: Bool = false) -> Int {
        recordersOffset(workers) + (isTraced ? workers * FlightRecorder.byteCount : 0)
    }

    @inlinable
    static func recordersOffset(_ workers: Int) -> Int {
        (slotsOffset + workers * (slotStride + Timed.byteCount) + 63) / 64 * 64
    }

    /// The arena in an attached segment; `nil` if the segment is too small or not attached for writing.
    public init?(_ segment: SharedMemory, workers: Int) {
        precondition(MemoryLayout<Plan>.size <= Self.phaseOffset && MemoryLayout<WorkerSlot>.size <= Self.slotStride)
        guard workers > 0, let data = unsafe segment.mutableData, let address = data.baseAddress,
            data.count >= Self.byteCount(workers: workers)
        else { return nil }
        unsafe base = address
        byteCount = data.count
        self.workers = workers
    }

    /// The round's plan.
    public var plan: Plan {
        @inlinable get { unsafe base.load(as: Plan.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, as: Plan.self) }
    }

    /// The phase word; workers read it before every acquisition.
    @inlinable public var phaseWord: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + Self.phaseOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The number of workers that have arrived at the barrier; a futex word.
    public var arrivals: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + Self.arrivalsOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// A worker's slot.
    @inlinable
    public func slot(_ worker: Int) -> UnsafeMutablePointer<WorkerSlot> {
        precondition(worker >= 0 && worker < workers)
        return unsafe (base + Self.slotsOffset + worker * Self.slotStride).assumingMemoryBound(to: WorkerSlot.self)
    }

    /// One of a worker's histograms.
    @inlinable
    public func histogram(_ timed: Timed, _ worker: Int) -> LatencyHistogram {
        unsafe LatencyHistogram(histograms(worker) + timed.offset, timed.geometry)
    }

    @inlinable
    func histograms(_ worker: Int) -> UnsafeMutableRawPointer {
        precondition(worker >= 0 && worker < workers)
        return unsafe base + Self.slotsOffset + workers * Self.slotStride + worker * Timed.byteCount
    }

    /// Drops the pages of a worker's histograms, which this process has read, from its page tables (`MADV_DONTNEED`). Their
    /// content stays in the segment; they no longer count in this process's resident set.
    public func forget(_ worker: Int) { unsafe bench_forget_pages(histograms(worker), UInt(Timed.byteCount)) }

    /// A worker's flight recorder; `nil` if the round is not traced.
    @inlinable
    public func recorder(_ worker: Int) -> FlightRecorder? {
        precondition(worker >= 0 && worker < workers)
        guard byteCount >= Self.byteCount(workers: workers, isTraced: true) else { return nil }
        return unsafe FlightRecorder(base + Self.recordersOffset(workers) + worker * FlightRecorder.byteCount)
    }

    /// The acquisition log.
    @inlinable public var log: AcquisitionLog { unsafe AcquisitionLog(base + Self.logOffset) }

    /// Moves the round to a phase, and wakes the workers. The store is a release: what the coordinator wrote before is
    /// visible to a worker that reads the new phase.
    public func enter(_ phase: Phase) {
        unsafe phaseWord.pointee.store(phase.rawValue, ordering: .releasing)
        unsafe Futex.wake(phaseWord, count: .max)
    }

    /// The current phase.
    public var phase: Phase {
        Phase(rawValue: unsafe phaseWord.pointee.load(ordering: .acquiring)) ?? .stop
    }

    @inlinable
    func presence(_ phase: Phase) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + (phase == .latency ? 1280 : 1408)).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Counts the calling worker as inside the latency or the order window.
    @inlinable
    public func join(_ phase: Phase) { unsafe presence(phase).pointee.add(1, ordering: .releasing) }

    /// Whether every worker is inside that window. Measurements before that are not representative: with more workers
    /// than CPUs, the first workers run without contention.
    @inlinable @inline(__always)
    public func areAllWorkersIn(_ phase: Phase) -> Bool {
        unsafe presence(phase).pointee.load(ordering: .acquiring) >= UInt32(truncatingIfNeeded: workers)
    }

    private var background: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + 1536).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Counts the calling process as a busy loop of the background load, which runs from now on.
    public func joinBackground() { unsafe background.pointee.add(1, ordering: .releasing) }

    /// The number of busy loops that run, or have run.
    public var busyLoops: Int { Int(unsafe background.pointee.load(ordering: .acquiring)) }

    /// Counts a worker's arrival at the barrier; returns once the coordinator has left that phase.
    public func arriveAndWait(while waiting: Phase) {
        unsafe arrivals.pointee.add(1, ordering: .acquiringAndReleasing)
        unsafe Futex.wake(arrivals, count: 1)
        while true {
            // The word is read once: the futex wait must compare with the very word that was tested, or it could miss a
            // change.
            let word = unsafe phaseWord.pointee.load(ordering: .acquiring)
            guard let phase = Phase(rawValue: word), phase <= waiting else { return }
            _ = unsafe Futex.wait(phaseWord, while: word, until: .after(.seconds(1)))
        }
    }

    /// The coordinator's side of the barrier: waits until that many arrivals have been counted since the start of the
    /// round, or until the deadline. Returns the number of arrivals.
    package func awaitArrivals(_ total: Int, until deadline: Deadline) -> Int {
        while true {
            let arrived = unsafe arrivals.pointee.load(ordering: .acquiring)
            if arrived >= total { return total }
            if case .timedOut = unsafe Futex.wait(arrivals, while: arrived, until: deadline) {
                return Int(unsafe arrivals.pointee.load(ordering: .acquiring))
            }
        }
    }
}
