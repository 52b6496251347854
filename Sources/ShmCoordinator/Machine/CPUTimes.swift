internal import ShmCore

/// What the machine's CPUs have spent so far, by the first line of proc_stat(5), in ticks of 10 ms.
struct CPUTimes {
    let total: UInt64
    /// What a hypervisor gave to other guests though this one wanted it.
    let stolen: UInt64

    static func now() -> CPUTimes? {
        guard let line = (try? SmallFile.read("/proc/stat"))?.prefix(while: { $0 != "\n" }) else { return nil }
        // user nice system idle iowait irq softirq steal; the two after them are part of user and nice.
        let fields = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
        return fields.count == 8 ? CPUTimes(total: fields.reduce(0, +), stolen: fields[7]) : nil
    }

    /// The share that was stolen since an earlier moment; `nil` where too little time has passed to say.
    func stolenShare(since earlier: CPUTimes) -> Double? {
        total > earlier.total && stolen >= earlier.stolen
            ? Double(stolen - earlier.stolen) / Double(total - earlier.total) : nil
    }
}
