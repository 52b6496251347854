@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// One critical section of a writer or a reader.
struct Section {
    /// When the lock was acquired, in ticks; for a reader that had to retry, in the attempt that succeeded.
    var acquired: UInt64
    /// Non-zero if the oracle found a contradiction.
    var contradiction: UInt64
    /// The errno of a failed lock, or 0.
    var failure: Int32
}

extension Contention {
    /// Acquires the lock, reads the clock, executes the critical section, and releases the lock.
    @inline(__always)
    func section<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, reads: Bool) -> Section {
        var section = Section(acquired: 0, contradiction: 0, failure: 0)
        if reads {
            while true {
                var begun: UInt64 = 0
                let outcome = lock.beginRead(&begun)
                section.acquired = plan.clock.now()
                if case .acquired = outcome {
                } else if let failure = acquiredOddly(outcome) {
                    section.failure = failure
                    return section
                }
                section.contradiction = data.readSection(
                    counters: Int(plan.counters), lines: Int(plan.touchedLines), delay: plan.criticalSectionIterations)
                if lock.endRead(begun) { return section }
            }
        }
        let outcome = lock.lock()
        section.acquired = plan.clock.now()
        if case .acquired = outcome {
        } else if let failure = acquiredOddly(outcome) {
            section.failure = failure
            return section
        }
        section.contradiction = data.section(
            worker: UInt32(truncatingIfNeeded: worker), counters: Int(plan.counters), lines: Int(plan.touchedLines),
            delay: plan.criticalSectionIterations)
        lock.unlock()
        return section
    }
}

/// A worker's counts, kept in registers while a loop runs and stored into its slot.
@safe struct Tally {
    private let slot: UnsafeMutablePointer<WorkerSlot>
    private var sections: UInt64
    private var reads: UInt64
    private var longest: UInt64 = 0

    init(_ slot: UnsafeMutablePointer<WorkerSlot>) {
        unsafe self.slot = slot
        sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
        reads = unsafe slot.pointee.reads.load(ordering: .relaxed)
    }

    /// Counts a completed section.
    @inline(__always)
    mutating func count(isRead: Bool) {
        if isRead {
            reads &+= 1
            unsafe slot.pointee.reads.store(reads, ordering: .relaxed)
        }
        sections &+= 1
        unsafe slot.pointee.sections.store(sections, ordering: .relaxed)
    }

    /// Records the duration of an acquisition.
    @inline(__always)
    mutating func note(_ nanoseconds: UInt64) {
        if nanoseconds > longest {
            longest = nanoseconds
            unsafe slot.pointee.longestAcquisition.store(longest, ordering: .relaxed)
        }
    }
}
