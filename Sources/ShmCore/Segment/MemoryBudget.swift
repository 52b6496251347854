internal import Glibc
internal import SystemPackage

/// Checks whether there is room for a segment before its storage is reserved.
///
/// A tmpfs limits the file system's size, but not the use of the machine's memory or of a control group's. Reserving
/// more memory than is free does not fail: the kernel kills processes. And exceeding the process's file-size limit
/// raises SIGXFSZ. So the request is compared with the limits first.
enum MemoryBudget {
    /// Smaller segments are not compared with the machine's memory: reading the figures costs too much.
    static let smallest = 16 << 20
    /// Smaller segments are not compared with the control group's limit either.
    private static let smallestInGroup = 1 << 20

    /// Why not to reserve `bytes` bytes; `nil` if there is no objection.
    static func objection(to bytes: Int) -> SegmentFailure? {
        if let limit = fileSizeLimit(), bytes > limit {
            return SegmentFailure(
                .outOfResources,
                "it needs \(bytes) bytes and this process may write files of at most \(limit); raise `ulimit -f`, or "
                    + "request less",
                errno: .fileTooLarge)
        }
        if bytes >= smallest, let reason = ofDirectory(bytes) ?? ofMachine(bytes) { return outOfMemory(reason) }
        if bytes >= smallestInGroup, let reason = MemoryGroup.objection(to: bytes) { return outOfMemory(reason) }
        return nil
    }

    private static func outOfMemory(_ reason: String) -> SegmentFailure {
        SegmentFailure(.outOfMemory, "\(reason); request less, or free memory")
    }

    private static func ofDirectory(_ bytes: Int) -> String? {
        var fileSystem = statvfs()
        guard unsafe statvfs(SegmentFile.directory, &fileSystem) == 0, fileSystem.f_blocks > 0 else { return nil }
        let free = Int(
            clamping: UInt64(fileSystem.f_bavail).multipliedReportingOverflow(by: UInt64(fileSystem.f_frsize)).0)
        return bytes > free ? "it needs \(bytes) bytes and \(SegmentFile.directory) has \(free) free" : nil
    }

    private static func ofMachine(_ bytes: Int) -> String? {
        guard let available = available(), bytes > available else { return nil }
        return "it needs \(bytes) bytes and the machine has \(available) available"
    }

    private static func fileSizeLimit() -> Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return nil }
        return Int(exactly: limit.rlim_cur)
    }

    /// The memory and swap space that programs can still get, in bytes.
    private static func available() -> Int? {
        machine().flatMap { fields in fields["MemAvailable"].map { $0 + (fields["SwapFree"] ?? 0) } }
    }

    /// The fields of `proc_meminfo(5)`, in bytes.
    static func machine() -> [Substring: Int]? {
        guard let text = try? SmallFile.read("/proc/meminfo") else { return nil }
        var bytes: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(whereSeparator: { $0 == ":" || $0 == " " })
            if fields.count >= 2, let kilobytes = Int(fields[1]) { bytes[fields[0]] = kilobytes * 1024 }
        }
        return bytes
    }
}
