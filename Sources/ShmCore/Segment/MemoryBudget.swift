internal import Glibc
internal import SystemPackage

/// Whether a segment can be afforded, asked before its storage is reserved.
///
/// A tmpfs limits the file system's size, not the machine's memory: reserving more than is free makes the kernel kill
/// processes instead of failing the call. So large requests are compared with what the machine can give.
enum MemoryBudget {
    /// Below this, reserving is left to the kernel: reading the figures costs more than it is worth.
    static let smallest = 16 << 20

    /// The reason not to reserve so many bytes; `nil` when nothing speaks against it.
    static func objection(to bytes: Int) -> String? {
        guard bytes >= smallest else { return nil }
        var fileSystem = statvfs()
        if unsafe statvfs(SegmentFile.directory, &fileSystem) == 0, fileSystem.f_blocks > 0 {
            let free = Int(
                clamping: UInt64(fileSystem.f_bavail).multipliedReportingOverflow(by: UInt64(fileSystem.f_frsize)).0)
            if bytes > free { return "\(bytes) bytes were asked for and \(SegmentFile.directory) has \(free) free" }
        }
        if let available = available(), bytes > available {
            return "\(bytes) bytes were asked for and the machine has \(available) available"
        }
        return nil
    }

    /// `MemAvailable` plus `SwapFree` of `proc_meminfo(5)`, in bytes.
    private static func available() -> Int? {
        guard let text = try? SmallFile.read("/proc/meminfo") else { return nil }
        var kilobytes: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(whereSeparator: { $0 == ":" || $0 == " " })
            if fields.count >= 2 { kilobytes[fields[0]] = Int(fields[1]) }
        }
        return kilobytes["MemAvailable"].map { ($0 + (kilobytes["SwapFree"] ?? 0)) * 1024 }
    }
}
