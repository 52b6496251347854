internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// The resources that a process has used so far.
///
/// The cost of a window is the difference of two readings. Reading the other counters allocates, so ``before(_:_:)``
/// reads the heap counter after them, and ``after(_:_:)`` before them. `getrusage(2)` is the last call before the
/// window and the first after it.
struct ResourceUsage {
    private var usage = rusage()
    private var heapBytes: UInt64 = 0
    private var runQueueWait = WorkerSlot.unknown
    private var hardware = (
        cycles: WorkerSlot.unknown, instructions: WorkerSlot.unknown, cacheMisses: WorkerSlot.unknown
    )

    /// Reads the counters of this process, and of this thread's heap, before a window.
    static func before(_ hardware: HardwareCounters, _ heapBytes: () -> UInt64) -> ResourceUsage {
        var cost = ResourceUsage()
        cost.runQueueWait = runQueueWait()
        cost.hardware = hardware.read()
        cost.heapBytes = heapBytes()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &cost.usage)
        return cost
    }

    /// Reads them after a window.
    static func after(_ hardware: HardwareCounters, _ heapBytes: () -> UInt64) -> ResourceUsage {
        var cost = ResourceUsage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &cost.usage)
        cost.heapBytes = heapBytes()
        cost.hardware = hardware.read()
        cost.runQueueWait = runQueueWait()
        return cost
    }

    /// Time during which the process was runnable and waited for a CPU, in ns: the second field of /proc/PID/schedstat.
    private static func runQueueWait() -> UInt64 {
        let fields = (try? SmallFile.read("/proc/self/schedstat"))?.split(separator: " ") ?? []
        return fields.count > 1 ? UInt64(fields[1]) ?? WorkerSlot.unknown : WorkerSlot.unknown
    }

    /// The resident set of this process, from proc_pid_statm(5). (`ru_maxrss` is not suitable: it starts with the
    /// parent's.)
    static func residentKilobytes() -> UInt64 {
        let fields = (try? SmallFile.read("/proc/self/statm"))?.split(separator: " ") ?? []
        let pages = fields.count > 1 ? UInt64(fields[1]) ?? 0 : 0
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }

    /// Stores the difference to an earlier reading in a slot.
    func store(since earlier: ResourceUsage, in slot: UnsafeMutablePointer<WorkerSlot>) {
        func microseconds(_ time: timeval) -> UInt64 { UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_usec) }
        func difference(_ later: UInt64, _ earlier: UInt64) -> UInt64 {
            later == WorkerSlot.unknown || earlier == WorkerSlot.unknown ? WorkerSlot.unknown : later &- earlier
        }
        let (user, system) = (microseconds(usage.ru_utime), microseconds(usage.ru_stime))
        unsafe slot.pointee.userMicroseconds.store(user - microseconds(earlier.usage.ru_utime), ordering: .relaxed)
        unsafe slot.pointee.systemMicroseconds.store(system - microseconds(earlier.usage.ru_stime), ordering: .relaxed)
        unsafe slot.pointee.voluntarySwitches.store(
            UInt64(usage.ru_nvcsw - earlier.usage.ru_nvcsw), ordering: .relaxed)
        unsafe slot.pointee.involuntarySwitches.store(
            UInt64(usage.ru_nivcsw - earlier.usage.ru_nivcsw), ordering: .relaxed)
        unsafe slot.pointee.minorFaults.store(UInt64(usage.ru_minflt - earlier.usage.ru_minflt), ordering: .relaxed)
        unsafe slot.pointee.heapBytes.store(heapBytes - earlier.heapBytes, ordering: .relaxed)
        unsafe slot.pointee.runQueueWait.store(difference(runQueueWait, earlier.runQueueWait), ordering: .relaxed)
        unsafe slot.pointee.cycles.store(difference(hardware.cycles, earlier.hardware.cycles), ordering: .relaxed)
        unsafe slot.pointee.instructions.store(
            difference(hardware.instructions, earlier.hardware.instructions), ordering: .relaxed)
        unsafe slot.pointee.cacheMisses.store(
            difference(hardware.cacheMisses, earlier.hardware.cacheMisses), ordering: .relaxed)
    }
}
