internal import ArgumentParser
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// `shmbench segments`.
struct Segments: CheckedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show this machine's segments and the kernel objects of their locks; remove leftovers.",
        discussion: """
            A leftover is a segment of a run of this tool that has ended, the lease of such a run (the file whose lock a \
            run holds while it lives), a segment whose destruction did not finish, or a lock's named object (semaphore, \
            message queue, FIFO, lock file) that no segment names and no process uses. Nothing else is ever removed. \
            Message queues are shown only if /dev/mqueue is mounted. System V semaphore sets are found through their \
            segments; if a segment's file was removed by hand, only `ipcs -s` shows its set.

            \(Examples.text("segments"))
            """)

    @Flag(help: "Remove the leftovers, and print their names.")
    var remove = false

    @OptionGroup var document: DocumentOptions

    func check() throws {
        if remove { try document.refuse(with: "--remove", "--remove prints lines of text") }
    }

    mutating func run() throws {
        let entries = try SegmentEntry.all()
        if remove { return try clear(entries.filter(\.outcome.isRemoval)) }
        try document.show(.segments, Self.report(entries))
    }

    private static func report(_ entries: [SegmentEntry]) -> Report {
        let leftovers = entries.filter(\.outcome.isRemoval)
        let hint =
            switch leftovers.count {
            case 0: "Nothing is left over."
            case 1: "1 leftover; `shmbench segments --remove` clears it."
            default: "\(leftovers.count) leftovers; `shmbench segments --remove` clears them."
            }
        return Report(
            "segments",
            text: { page in
                entries.isEmpty
                    ? "There are no segments.\n" : "\(document.table(entries, for: page))\n\(page.wrapped(hint))\n"
            },
            markdown: { document.markdown(entries) + "\n" },
            records: Report.Records(schema: SegmentColumn.schema, SegmentColumn.all, entries),
            facts: [.init("verdict", .texts([hint]))],
            suites: [
                Report.Suite(
                    "segments", entries.map { Report.Check("\($0.what) \($0.name)", .passed, $0.outcome.reason) })
            ],
            notices: leftovers.map { Report.Notice(.warning, "\($0.what) \($0.name)", $0.outcome.reason) }
                + [Report.Notice(.notice, "shmbench", hint)])
    }

    private static let document = Document<SegmentEntry>(
        items: SegmentColumn.all.dropFirst().map { field in
            switch field.name {
            case "bytes": .init(field) { $0.segment.map { "\($0.size)" } ?? "-" }
            case "leftover": .init(field) { "\(field.shown($0)): \($0.outcome.reason)" }
            default: .init(field)
            }
        }, expendable: ["user", "creator", "attached", "bytes"])

    /// Removes entries. Reports those that cannot be removed; the exit code is then 1.
    private func clear(_ leftovers: [SegmentEntry]) throws {
        if leftovers.isEmpty { return try Terminal.show("Nothing is left over.\n") }
        var failures = 0
        for entry in leftovers {
            if let reason = entry.remove() {
                Terminal.complain(reason)
                failures += 1
            } else {
                try Terminal.show("removed \(entry.what) \(entry.name) (\(entry.outcome.reason))\n")
            }
        }
        if failures > 0 { throw Failure("\(failures) of \(leftovers.count) leftovers could not be removed") }
    }
}
