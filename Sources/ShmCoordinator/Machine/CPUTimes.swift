internal import ShmCore

/// The time that the machine's CPUs have spent so far, from the first line of proc_stat(5), in ticks of 10 ms.
struct CPUTimes {
    let total: UInt64
    /// Steal time: the hypervisor ran other guests while this one was runnable.
    let stolen: UInt64

    static func now() -> CPUTimes? {
        guard let line = (try? SmallFile.read("/proc/stat"))?.prefix(while: { $0 != "\n" }) else { return nil }
        // user nice system idle iowait irq softirq steal; the two after them are part of user and nice.
        let fields = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
        return fields.count == 8 ? CPUTimes(total: fields.reduce(0, +), stolen: fields[7]) : nil
    }

    /// The share of steal time since an earlier moment; `nil` if too little time has passed.
    func stolenShare(since earlier: CPUTimes) -> Double? {
        total > earlier.total && stolen >= earlier.stolen
            ? Double(stolen - earlier.stolen) / Double(total - earlier.total) : nil
    }
}
