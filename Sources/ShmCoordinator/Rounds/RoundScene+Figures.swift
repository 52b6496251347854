internal import ShmHarness
internal import Synchronization

// Sums of what the workers wrote into the arena.
extension RoundScene {
    /// The measurements of the round's windows.
    ///
    /// - Parameter isComplete: whether all workers have recorded all their windows.
    func figures(_ window: RoundWindow, isComplete: Bool) -> RoundResult.Figures {
        let length = window.interval.upperBound - window.interval.lowerBound
        var figures = RoundResult.Figures(
            duration: Double(length) / 1e9, windows: window.parts, userSeconds: 0, systemSeconds: 0,
            voluntarySwitches: 0, involuntarySwitches: 0, minorFaults: 0, heapBytes: 0, residentKilobytes: 0,
            longestAcquisition: 0)
        for worker in 0..<cell.workers { unsafe add(arena.slot(worker), to: &figures) }
        figures.runQueueWaitSeconds = sumIfKnown { $0.runQueueWait.load(ordering: .relaxed) }.map { Double($0) / 1e9 }
        figures.cycles = sumIfKnown { $0.cycles.load(ordering: .relaxed) }
        figures.instructions = sumIfKnown { $0.instructions.load(ordering: .relaxed) }
        figures.cacheMisses = sumIfKnown { $0.cacheMisses.load(ordering: .relaxed) }
        let common = (0..<cell.workers).reduce(window.interval) { $0.clamped(to: presence(of: $1, in: window)) }
        figures.overlap = Double(common.upperBound - common.lowerBound) / Double(length)
        figures.sectionClasses = sectionClasses
        addDelays(to: &figures)
        if isComplete { addRecords(to: &figures) }
        return figures
    }

    private func add(_ slot: UnsafeMutablePointer<WorkerSlot>, to figures: inout RoundResult.Figures) {
        figures.userSeconds += Double(unsafe slot.pointee.userMicroseconds.load(ordering: .relaxed)) / 1e6
        figures.systemSeconds += Double(unsafe slot.pointee.systemMicroseconds.load(ordering: .relaxed)) / 1e6
        figures.voluntarySwitches += unsafe slot.pointee.voluntarySwitches.load(ordering: .relaxed)
        figures.involuntarySwitches += unsafe slot.pointee.involuntarySwitches.load(ordering: .relaxed)
        figures.minorFaults += unsafe slot.pointee.minorFaults.load(ordering: .relaxed)
        figures.heapBytes += unsafe slot.pointee.heapBytes.load(ordering: .relaxed)
        figures.residentKilobytes = max(
            figures.residentKilobytes, unsafe slot.pointee.residentKilobytes.load(ordering: .relaxed))
        figures.longestAcquisition = max(
            figures.longestAcquisition, unsafe slot.pointee.longestAcquisition.load(ordering: .relaxed))
        figures.arrivalsDue += unsafe slot.pointee.arrivalsDue.load(ordering: .relaxed)
        figures.arrivalsDone += unsafe slot.pointee.arrivalsDone.load(ordering: .relaxed)
        figures.backlogAge = max(figures.backlogAge, unsafe slot.pointee.backlogAge.load(ordering: .relaxed))
        figures.clockAnomalies += unsafe slot.pointee.clockAnomalies.load(ordering: .relaxed)
        if unsafe slot.pointee.heapCounterWorks.load(ordering: .relaxed) == 0 { figures.heapCounterWorks = false }
    }

    /// The sum of a value over all workers; `nil` if it is unknown for one of them.
    private func sumIfKnown(_ figure: (borrowing WorkerSlot) -> UInt64) -> UInt64? {
        (0..<cell.workers).reduce(UInt64?.some(0)) { sum, worker in
            let part = unsafe figure(arena.slot(worker).pointee)
            return part == WorkerSlot.unknown ? nil : sum.map { $0 &+ part }
        }
    }

    /// The durations of the busy delays: of the think time, which the first worker has measured, and of critical sections,
    /// which the first worker of each class has measured.
    private func addDelays(to figures: inout RoundResult.Figures) {
        func nanoseconds(_ tenths: UInt64) -> Double? { tenths > 0 ? Double(tenths) / 10 : nil }
        func section(_ worker: Int) -> Double? {
            nanoseconds(unsafe arena.slot(worker).pointee.sectionDelayTenths.load(ordering: .relaxed))
        }
        if let shares = cell.sectionShares {
            let measured = shares.classes.indices.map { sectionClasses.firstIndex(of: $0).flatMap(section) ?? 0 }
            figures.sectionDelay = shares.mean(of: measured)
        } else {
            figures.sectionDelay = section(0)
        }
        figures.thinkDelay = nanoseconds(unsafe arena.slot(0).pointee.thinkDelayTenths.load(ordering: .relaxed))
    }

    /// How long each worker held the lock in the order window; `nil` if none acquired it.
    private func holding(_ acquisitions: [Double]) -> RoundResult.Holding? {
        var (first, last) = (UInt64.max, UInt64(0))
        let held = (0..<cell.workers).map { worker in
            let slot = unsafe arena.slot(worker)
            let acquired = unsafe slot.pointee.firstAcquired.load(ordering: .relaxed)
            if acquired > 0 {
                first = min(first, acquired)
                last = max(last, unsafe slot.pointee.lastReleased.load(ordering: .relaxed))
            }
            return Double(unsafe slot.pointee.held.load(ordering: .relaxed))
        }
        return last > first
            ? RoundResult.Holding(
                held: held, acquisitions: acquisitions, duration: Double(arena.plan.clock.nanoseconds(last - first)))
            : nil
    }

    /// Histograms, the acquisition log and recorded events.
    private func addRecords(to figures: inout RoundResult.Figures) {
        var sums = Dictionary(
            uniqueKeysWithValues: Arena.Timed.allCases.map {
                ($0, [UInt64](repeating: 0, count: $0.geometry.cellCount))
            })
        let acquisitions = (0..<cell.workers).map { worker in
            let earlier = sums[.hold, default: []].reduce(0, +)
            for timed in Arena.Timed.allCases { arena.histogram(timed, worker).add(to: &sums[timed, default: []]) }
            arena.forget(worker)
            return Double(sums[.hold, default: []].reduce(0, +) - earlier)
        }
        figures.histograms = sums
        figures.holding = holding(acquisitions)
        figures.owners = arena.log.owners()
        let clock = arena.plan.clock
        figures.events = (0..<cell.workers).compactMap { worker in
            arena.recorder(worker)?.events().map { event in
                var event = event
                event.time = clock.nanoseconds(event.time)
                return event
            }
        }
    }

    /// The part of a window in which a worker certainly contended: from its start, if the worker contended then (it may
    /// have waited for the lock since the warm-up), or from the worker's first step in it; to its end, or to the
    /// worker's last step.
    private func presence(of worker: Int, in window: RoundWindow) -> Range<UInt64> {
        let slot = unsafe arena.slot(worker)
        let (begin, end) = (window.interval.lowerBound, window.interval.upperBound)
        let entered = window.contending[worker] ? begin : unsafe slot.pointee.windowEntered.load(ordering: .relaxed)
        let left = unsafe slot.pointee.windowLeft.load(ordering: .relaxed)
        let start = min(max(entered == 0 ? end : entered, begin), end)
        return start..<max(start, min(left == 0 ? end : left, end))
    }
}
