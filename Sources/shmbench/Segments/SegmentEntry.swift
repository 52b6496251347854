internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// A segment, a lock's object, or a run's lease.
struct SegmentEntry {
    private enum Thing {
        case segment(SegmentInfo)
        case object(LockObject)
        case lease(RunID, path: String, userID: UInt32)
    }

    private let thing: Thing
    let outcome: Leftovers.Outcome

    static func all() throws -> [SegmentEntry] {
        let segments: [SegmentInfo]
        do { segments = try SharedMemory.segments() } catch { throw Failure(error.description) }
        return segments.map { SegmentEntry(thing: .segment($0), outcome: Leftovers.outcome(of: $0)) }
            + LockObject.all().map { SegmentEntry(thing: .object($0), outcome: Leftovers.outcome(of: $0, segments: segments)) }
            // Last: after an interrupt, the lease still names the run.
            + Leftovers.leases().map { lease in
                SegmentEntry(
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

    static let document = Document<SegmentEntry>(items: [
        .init("what", "what") { $0.what },
        .init("key or path", "name") { $0.name },
        .init("bytes", "bytes", isNumber: true, shown: { $0.segment.map { "\($0.size)" } ?? "-" }) {
            Value($0.segment.map { UInt64($0.size) })
        },
        .init("lock", "lock", shown: { $0.segment?.lockName ?? "-" }) {
            $0.segment.map { .text($0.lockName) } ?? .empty
        },
        .init("attached", "attachments", isNumber: true, shown: { $0.segment.map { "\($0.numAttachments)" } ?? "-" }) {
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
    ])
}
