internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// The cost of creating and destroying a segment, of attaching and detaching, and of counting attachments.
enum SegmentCost {
    static func measure(_ report: inout Bars, _ folder: String) throws {
        let floors = try Output.line(of: "'\(folder)/cbaseline' life").split(separator: " ")
        guard floors.count == 2 else { throw Missing("cbaseline printed no figures of a segment's life") }
        report.note("the system calls of create and destroy alone, in C: \(floors[0]) µs, median")
        report.note("the system calls of attach and detach alone, in C: \(floors[1]) µs, median")
        var lives: [Double] = []
        for _ in 0..<2_000 {
            let segment = try scratchSegment("cost")
            let start = Clock.now()
            try segment.create(size: 4096)
            try segment.destroy()
            lives.append(Double(Clock.now() - start) / 1000)
        }
        report.line("create and destroy, median", median(lives) ?? 0, " µs", atMost: 30)

        let segment = try scratchSegment("attach")
        try segment.create(size: 4096)
        defer { try? segment.destroy(mode: .forceNoWait) }
        var fresh: [Double] = []
        for _ in 0..<2_000 {
            let handle = SharedMemory(key: segment.key)
            let start = Clock.now()
            try handle.attach()
            try handle.detach()
            fresh.append(Double(Clock.now() - start) / 1000)
        }
        report.line("attach and detach by a new handle, median", median(fresh) ?? 0, " µs", atMost: 10)

        try measureCount(segment, &report)
    }

    private static func measureCount(_ segment: SharedMemory, _ report: inout Bars) throws {
        allowManyFiles()
        var attached: [SharedMemory] = []
        defer { for handle in attached { try? handle.detach() } }
        for wanted in [10, 100, 1_000] {
            while attached.count < wanted {
                let handle = SharedMemory(key: segment.key)
                try handle.attach()
                attached.append(handle)
            }
            var counts: [Double] = []
            for _ in 0..<50 {
                let start = Clock.now()
                guard try segment.numAttachments == wanted else { throw Missing("wrong number of attachments") }
                counts.append(Double(Clock.now() - start) / 1000)
            }
            let (what, time) = ("numAttachments with \(wanted) attachments", median(counts) ?? 0)
            if wanted == 1_000 {
                report.line("\(what), median", time, " µs", atMost: 1_000)
            } else {
                report.note("\(what): \(rounded(time)) µs, median")
            }
        }
    }

    /// Each attachment has a descriptor of its own.
    private static func allowManyFiles() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 4_096)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
