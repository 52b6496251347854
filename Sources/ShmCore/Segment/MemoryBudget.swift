internal import Glibc
internal import SystemPackage

/// Whether a segment can be afforded, asked before its storage is reserved.
///
/// A tmpfs limits the file system's size, not the machine's memory, nor a control group's: reserving more than is free makes
/// the kernel kill processes instead of failing the call, and more than the process's file-size limit gets it SIGXFSZ.
/// So a request is compared with what there is.
enum MemoryBudget {
    /// Below this, the machine's memory is left to the kernel: reading the figures costs more than it is worth.
    static let smallest = 16 << 20
    /// Below this, so is the control group's.
    private static let smallestInGroup = 1 << 20

    /// The reason not to reserve so many bytes; `nil` when nothing speaks against it.
    static func objection(to bytes: Int) -> SegmentFailure? {
        if let limit = fileSizeLimit(), bytes > limit {
            return SegmentFailure(
                .outOfResources,
                "\(bytes) bytes are needed and this process may write files of \(limit); raise `ulimit -f`, or ask for less",
                errno: .fileTooLarge)
        }
        if bytes >= smallest, let reason = ofDirectory(bytes) ?? ofMachine(bytes) { return outOfMemory(reason) }
        if bytes >= smallestInGroup, let reason = MemoryGroup.objection(to: bytes) { return outOfMemory(reason) }
        return nil
    }

    private static func outOfMemory(_ reason: String) -> SegmentFailure {
        SegmentFailure(.outOfMemory, "\(reason); ask for less, or free some")
    }

    private static func ofDirectory(_ bytes: Int) -> String? {
        var fileSystem = statvfs()
        guard unsafe statvfs(SegmentFile.directory, &fileSystem) == 0, fileSystem.f_blocks > 0 else { return nil }
        let free = Int(
            clamping: UInt64(fileSystem.f_bavail).multipliedReportingOverflow(by: UInt64(fileSystem.f_frsize)).0)
        return bytes > free ? "\(bytes) bytes were asked for and \(SegmentFile.directory) has \(free) free" : nil
    }

    private static func ofMachine(_ bytes: Int) -> String? {
        guard let available = available(), bytes > available else { return nil }
        return "\(bytes) bytes were asked for and the machine has \(available) available"
    }

    private static func fileSizeLimit() -> Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return nil }
        return Int(exactly: limit.rlim_cur)
    }

    /// What the machine's programs could still get, in bytes.
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
