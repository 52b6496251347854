internal import Glibc
internal import ShmHarness
internal import Synchronization

/// The resources that a process has used so far, as far as one system call tells: a turn is short, and the files of
/// `/proc` that ``ResourceUsage`` reads would take a hundredth of it.
struct TurnUsage {
    private var usage = rusage()
    private let heapBytes: UInt64

    /// Reads the counters of this process, and of this thread's heap.
    static func now(_ heapBytes: () -> UInt64) -> TurnUsage {
        var usage = TurnUsage(heapBytes: heapBytes())
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage.usage)
        return usage
    }

    private init(heapBytes: UInt64) { self.heapBytes = heapBytes }

    /// Adds what was used since an earlier reading to the sums of a slot.
    func add(since earlier: TurnUsage, to slot: UnsafeMutablePointer<WorkerSlot>) {
        func microseconds(_ time: timeval) -> UInt64 { UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_usec) }
        let (now, before) = (usage, earlier.usage)
        unsafe slot.pointee.userMicroseconds.add(
            microseconds(now.ru_utime) &- microseconds(before.ru_utime), ordering: .relaxed)
        unsafe slot.pointee.systemMicroseconds.add(
            microseconds(now.ru_stime) &- microseconds(before.ru_stime), ordering: .relaxed)
        unsafe slot.pointee.voluntarySwitches.add(UInt64(now.ru_nvcsw - before.ru_nvcsw), ordering: .relaxed)
        unsafe slot.pointee.involuntarySwitches.add(UInt64(now.ru_nivcsw - before.ru_nivcsw), ordering: .relaxed)
        unsafe slot.pointee.minorFaults.add(UInt64(now.ru_minflt - before.ru_minflt), ordering: .relaxed)
        unsafe slot.pointee.heapBytes.add(heapBytes &- earlier.heapBytes, ordering: .relaxed)
    }
}
