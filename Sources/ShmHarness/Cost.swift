internal import Glibc
internal import ShmCore
internal import Synchronization

/// What a process has used so far, or between two points.
struct Cost {
    var userMicroseconds: UInt64
    var systemMicroseconds: UInt64
    var voluntarySwitches: UInt64
    var involuntarySwitches: UInt64
    var minorFaults: UInt64
    var heapBytes: UInt64

    /// Of this process so far, by `getrusage(2)`, and of this thread's heap.
    static func now(_ heapBytes: () -> UInt64) -> Cost {
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func microseconds(_ time: timeval) -> UInt64 { UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_usec) }
        return Cost(
            userMicroseconds: microseconds(usage.ru_utime), systemMicroseconds: microseconds(usage.ru_stime),
            voluntarySwitches: UInt64(usage.ru_nvcsw), involuntarySwitches: UInt64(usage.ru_nivcsw),
            minorFaults: UInt64(usage.ru_minflt), heapBytes: heapBytes())
    }

    /// What this process has resident, by proc_pid_statm(5). (`ru_maxrss` will not do: it starts with the parent's.)
    static func residentKilobytes() -> UInt64 {
        let fields = (try? SmallFile.read("/proc/self/statm"))?.split(separator: " ") ?? []
        let pages = fields.count > 1 ? UInt64(fields[1]) ?? 0 : 0
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }

    static func - (later: Cost, earlier: Cost) -> Cost {
        Cost(
            userMicroseconds: later.userMicroseconds - earlier.userMicroseconds,
            systemMicroseconds: later.systemMicroseconds - earlier.systemMicroseconds,
            voluntarySwitches: later.voluntarySwitches - earlier.voluntarySwitches,
            involuntarySwitches: later.involuntarySwitches - earlier.involuntarySwitches,
            minorFaults: later.minorFaults - earlier.minorFaults, heapBytes: later.heapBytes - earlier.heapBytes)
    }

    func store(in slot: UnsafeMutablePointer<WorkerSlot>) {
        unsafe slot.pointee.userMicroseconds.store(userMicroseconds, ordering: .relaxed)
        unsafe slot.pointee.systemMicroseconds.store(systemMicroseconds, ordering: .relaxed)
        unsafe slot.pointee.voluntarySwitches.store(voluntarySwitches, ordering: .relaxed)
        unsafe slot.pointee.involuntarySwitches.store(involuntarySwitches, ordering: .relaxed)
        unsafe slot.pointee.minorFaults.store(minorFaults, ordering: .relaxed)
        unsafe slot.pointee.heapBytes.store(heapBytes, ordering: .relaxed)
    }
}
