internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
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
    /// Whether it was removed; `nil` if that was not tried.
    private(set) var isRemoved: Bool?
    /// Why it could not be removed.
    private(set) var trouble: String?

    private init(thing: Thing, outcome: Leftovers.Outcome) {
        self.thing = thing
        self.outcome = outcome
    }

    static func all() throws -> [SegmentEntry] {
        let segments: [SegmentInfo]
        do { segments = try SharedMemory.segments() } catch { throw Failure(error.description) }
        return segments.map { SegmentEntry(thing: .segment($0), outcome: Leftovers.outcome(of: $0)) }
            + LockObject.all().map {
                SegmentEntry(thing: .object($0), outcome: Leftovers.outcome(of: $0, segments: segments))
            }
            // Last: after an interrupt, the lease still names the run.
            + Leftovers.leases().map { lease in
                SegmentEntry(
                    thing: .lease(lease.run, path: lease.path, userID: lease.userID),
                    outcome: Leftovers.outcome(ofRun: lease.run))
            }
    }

    /// The values of ``what``.
    static let kinds = ["segment"] + LockObject.Kind.allCases.map(\.rawValue) + ["lease"]

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

    /// Removes it, and keeps the reason if that fails.
    mutating func remove() {
        trouble = removalTrouble()
        isRemoved = trouble == nil
    }

    private func removalTrouble() -> String? {
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

    /// The segment; `nil` for an object or a lease.
    var segment: SegmentInfo? {
        if case .segment(let segment) = thing { segment } else { nil }
    }

    var userID: UInt32 {
        switch thing {
        case .segment(let segment): segment.userID
        case .object(let object): object.userID
        case .lease(_, _, let userID): userID
        }
    }
}
