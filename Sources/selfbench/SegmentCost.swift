internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// The cost of creating and destroying a segment, of attaching and detaching, and of counting attachments.
enum SegmentCost {
    static func measure(_ report: inout Bars) throws {
        var lives: [Double] = []
        for _ in 0..<2_000 {
            let segment = try scratchSegment("cost")
            let start = Clock.now()
            try segment.create(size: 4096)
            try segment.destroy()
            lives.append(Double(Clock.now() - start) / 1000)
        }
        report.line("create and destroy, median", median(lives) ?? 0, " µs", atMost: 40)

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
        report.line("attach and detach by a new handle, median", median(fresh) ?? 0, " µs", atMost: 20)

        let attached = try (0..<200).map { _ in
            let handle = SharedMemory(key: segment.key)
            try handle.attach()
            return handle
        }
        var counts: [Double] = []
        for _ in 0..<50 {
            let start = Clock.now()
            _ = try segment.numAttachments
            counts.append(Double(Clock.now() - start) / 1000)
        }
        report.note("numAttachments with 200 attachments: \(rounded(median(counts) ?? 0)) µs, median")
        for handle in attached { try handle.detach() }
    }
}
