internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

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
        let entries = try Entry.all()
        if remove { return try clear(entries.filter(\.outcome.isRemoval)) }
        try document.show(.segments, Self.report(entries))
    }

    private static func report(_ entries: [Entry]) -> Report {
        let leftovers = entries.filter(\.outcome.isRemoval)
        let hint =
            switch leftovers.count {
            case 0: "Nothing is left over."
            case 1: "1 leftover; `shmbench segments --remove` clears it."
            default: "\(leftovers.count) leftovers; `shmbench segments --remove` clears them."
            }
        return Report(
            "segments", Entry.document, entries,
            text: { page in
                entries.isEmpty
                    ? "There are no segments.\n"
                    : "\(Entry.document.table(entries, for: page))\n\(page.wrapped(hint))\n"
            },
            suites: [
                Report.Suite(
                    "segments", entries.map { Report.Check("\($0.what) \($0.name)", .passed, $0.outcome.reason) })
            ],
            notices: leftovers.map { Report.Notice(.warning, "\($0.what) \($0.name)", $0.outcome.reason) }
                + [Report.Notice(.notice, "shmbench", hint)])
    }

    /// Removes entries. Reports those that cannot be removed; the exit code is then 1.
    private func clear(_ leftovers: [Entry]) throws {
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

/// A segment, a lock's object, or a run's lease.
private struct Entry {
    private enum Thing {
        case segment(SegmentInfo)
        case object(LockObject)
        case lease(RunID, path: String, userID: UInt32)
    }

    private let thing: Thing
    let outcome: Leftovers.Outcome

    static func all() throws -> [Entry] {
        let segments: [SegmentInfo]
        do { segments = try SharedMemory.segments() } catch { throw Failure(error.description) }
        return segments.map { Entry(thing: .segment($0), outcome: Leftovers.outcome(of: $0)) }
            + LockObject.all().map { Entry(thing: .object($0), outcome: Leftovers.outcome(of: $0, segments: segments)) }
            // Last: after an interrupt, the lease still names the run.
            + Leftovers.leases().map { lease in
                Entry(
                    thing: .lease(lease.run, path: lease.path, userID: lease.userID),
                    outcome: Leftovers.outcome(ofRun: lease.run))
            }
    }

    var what: String {
        switch thing {
        case .segment: "segment"
        case .object(let object): object.kind.rawValue
        case .lease: "lease"
        }
    }

    var name: String {
        switch thing {
        case .segment(let segment): segment.key
        case .object(let object): object.path
        case .lease(_, let path, _): path
        }
    }

    /// Removes it. Returns the reason if that fails.
    func remove() -> String? {
        switch thing {
        case .segment(let segment): return Leftovers.remove(segment)
        case .object(let object):
            do throws(Errno) { try object.remove() } catch {
                return "cannot remove \(object.path): \(error.description)"
            }
            return nil
        case .lease(let run, _, _): return Leftovers.removeLease(of: run)
        }
    }

    private var segment: SegmentInfo? {
        if case .segment(let segment) = thing { segment } else { nil }
    }

    private var userID: UInt32 {
        switch thing {
        case .segment(let segment): segment.userID
        case .object(let object): object.userID
        case .lease(_, _, let userID): userID
        }
    }

    static let document = Document<Entry>(
        items: [
            .init("what", "what") { $0.what },
            .init("key or path", "name") { $0.name },
            .init("bytes", "bytes", isNumber: true, shown: { $0.segment.map { "\($0.size)" } ?? "-" }) {
                Value($0.segment.map { UInt64($0.size) })
            },
            .init("lock", "lock", shown: { $0.segment?.lockName ?? "-" }) {
                $0.segment.map { .text($0.lockName) } ?? .empty
            },
            .init(
                "attached", "attachments", isNumber: true, shown: { $0.segment.map { "\($0.numAttachments)" } ?? "-" }
            ) {
                Value($0.segment.map { UInt64($0.numAttachments) })
            },
            .init("creator", "creator_pid", isNumber: true, shown: { $0.segment.map { "\($0.creatorPID)" } ?? "-" }) {
                Value($0.segment.map { UInt64($0.creatorPID) })
            },
            .init("user", "user_id", isNumber: true, shown: { "\($0.userID)" }) { .integer(Int($0.userID)) },
            .init(
                "leftover", "leftover",
                shown: { $0.outcome.isRemoval ? "yes: \($0.outcome.reason)" : "no: \($0.outcome.reason)" }
            ) {
                .text($0.outcome.isRemoval ? "yes" : "no")
            },
        ], expendable: ["user", "creator", "attached", "bytes"])
}
