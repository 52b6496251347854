internal import ArgumentParser
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// `shmbench segments`.
struct Segments: ParsableCommand {
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

    @Flag(help: "Remove the leftovers, and show only these.")
    var remove = false

    @OptionGroup var document: DocumentOptions

    mutating func run() throws {
        let entries = try SegmentEntry.all()
        if remove { return try clear(entries.filter(\.outcome.isRemoval)) }
        try document.show(.segments, Self.report(entries))
    }

    private static func report(_ entries: [SegmentEntry]) -> Report {
        let leftovers = entries.filter(\.outcome.isRemoval)
        let hint =
            leftovers.isEmpty
            ? nothing
            : "\(counted(leftovers.count, "leftover")); `shmbench segments --remove` removes \(leftovers.count == 1 ? "it" : "them")."
        return Report(
            "segments",
            text: { page in
                entries.isEmpty
                    ? "There are no segments.\n" : "\(layout.table(entries, for: page))\n\(page.wrapped(hint))\n"
            },
            markdown: { layout.markdown(entries) + "\n\(hint)\n" },
            records: Report.Records(schema: SegmentColumn.schema, SegmentColumn.all, entries),
            facts: [.init("verdict", .texts([hint]))],
            suites: [
                Report.Suite(
                    "segments", entries.map { Report.Check("\($0.what) \($0.name)", .passed, $0.outcome.reason) })
            ],
            notices: leftovers.map { Report.Notice(.warning, "\($0.what) \($0.name)", $0.outcome.reason) }
                + [Report.Notice(.notice, "shmbench", hint)])
    }

    private static let nothing = "Nothing is left over."

    private static let layout = TableLayout<SegmentEntry>(
        items: SegmentColumn.all.dropFirst().filter { !["reason", "removed"].contains($0.name) }.map { field in
            switch field.name {
            case "bytes": .init(field) { $0.segment.map { "\($0.size)" } ?? "-" }
            case "leftover": .init(field) { "\(field.shown($0)): \($0.outcome.reason)" }
            default: .init(field)
            }
        }, expendable: ["user", "creator", "attached", "bytes"])

    // MARK: Removing

    /// Removes entries. Reports those that cannot be removed; the exit code is then 1.
    private func clear(_ leftovers: [SegmentEntry]) throws {
        // A file that cannot be written is found before anything is removed.
        let documents = try document.open(.segments)
        var entries = leftovers
        for index in entries.indices {
            entries[index].remove()
            if let trouble = entries[index].trouble { Terminal.complain(trouble) }
        }
        let failures = entries.count { $0.isRemoved == false }
        try documents.show(Self.removal(entries), failures > 0 ? .failed : .ok)
        if failures > 0 { throw Failure(Self.verdict(entries)) }
    }

    private static func verdict(_ entries: [SegmentEntry]) -> String {
        let failures = entries.count { $0.isRemoved == false }
        if failures > 0 { return "\(failures) of \(counted(entries.count, "leftover")) could not be removed" }
        return entries.isEmpty ? nothing : "\(counted(entries.count, "leftover")) removed"
    }

    /// What was removed: a line, a row and a case for each leftover.
    static func removal(_ entries: [SegmentEntry]) -> Report {
        let lines = entries.filter { $0.isRemoved == true }.map { entry in
            "removed \(entry.what) \(entry.name) (\(entry.outcome.reason))\n"
        }
        let table = TableLayout<SegmentEntry>(
            items: ["what", "name", "removed", "reason"].map { .init(SegmentColumn.all[$0]) })
        return Report(
            "segments", text: { _ in entries.isEmpty ? "\(nothing)\n" : lines.joined() },
            markdown: { (entries.isEmpty ? "" : table.markdown(entries) + "\n") + verdict(entries) + "\n" },
            records: Report.Records(schema: SegmentColumn.schema, SegmentColumn.all, entries),
            facts: [.init("verdict", .texts([verdict(entries)]))],
            suites: [
                Report.Suite(
                    "segments",
                    entries.map { entry in
                        Report.Check(
                            "\(entry.what) \(entry.name)", entry.isRemoved == true ? .passed : .failed,
                            entry.trouble ?? entry.outcome.reason)
                    })
            ],
            notices: entries.compactMap { entry in
                entry.trouble.map { Report.Notice(.error, "\(entry.what) \(entry.name)", $0) }
            } + [
                Report.Notice(entries.contains { $0.trouble != nil } ? .error : .notice, "shmbench", verdict(entries))
            ])
    }
}
