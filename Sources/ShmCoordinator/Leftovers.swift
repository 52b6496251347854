internal import Glibc
public import ShmCore
internal import ShmHarness

/// What this machine has of segments and of their locks' objects, and which of it nobody will miss.
public enum Leftovers {
    /// What is to become of something.
    public enum Fate: Sendable, Equatable {
        /// It is somebody's.
        case keep(String)
        /// It is a leftover.
        case remove(String)

        /// Why.
        public var reason: String {
            switch self {
            case .keep(let reason), .remove(let reason): reason
            }
        }

        /// Whether it is a leftover.
        public var isRemoval: Bool {
            switch self {
            case .keep: false
            case .remove: true
            }
        }
    }

    /// Judges a segment. A leftover is what a coordinator of this tool has left that is no more, and what a destroyer left
    /// half-way, if nobody is attached to it.
    public static func fate(of segment: SegmentInfo) -> Fate {
        if segment.numAttachments > 0 { return .keep("in use") }
        if !segment.isAlive { return .remove("half destroyed") }
        guard let coordinator = RoundKeys.coordinator(of: segment.key) else { return .keep("an application's") }
        guard segment.isOfThisPIDNamespace else { return .keep("of another PID namespace") }
        if kill(coordinator, 0) == 0 || errno != ESRCH { return .keep("of a run that goes on") }
        return .remove("its run is over")
    }

    /// Judges a lock's object. It is a leftover if no segment names it and nobody has it open; one of another user may
    /// belong to a segment that this process cannot read.
    public static func fate(of object: LockObject) -> Fate {
        if let key = object.segmentKey { return .keep("of segment \(key)") }
        guard object.userID == geteuid() || geteuid() == 0 else { return .keep("another user's") }
        return object.isInUse() ? .keep("in use") : .remove("no segment names it")
    }

    /// Removes a segment and its lock's objects. Returns why it could not, if so.
    public static func remove(_ segment: SegmentInfo) -> String? {
        do throws(SharedMemoryError) {
            try SharedMemory(key: segment.key).destroy(mode: .forceNoWait)
            return nil
        } catch {
            // Somebody else was faster.
            return error.code == .notFound ? nil : error.description
        }
    }
}
