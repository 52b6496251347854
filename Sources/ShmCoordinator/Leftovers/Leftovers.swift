internal import Glibc
package import ShmCore
public import ShmHarness
internal import SystemPackage

/// The segments and lock objects of this machine, and which of them are leftovers.
public enum Leftovers {
    /// Whether to keep an object, and why.
    public enum Outcome: Sendable, Equatable {
        /// It is in use, or belongs to another user or program.
        case keep(String)
        /// It is a leftover of this tool.
        case remove(String)

        /// The reason, as users read it.
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

    /// Judges a segment. With no process attached, it is a leftover if its coordinator is dead, or a destroyer died
    /// half-way.
    package static func outcome(of segment: SegmentInfo) -> Outcome {
        if segment.numAttachments > 0 { return .keep("in use") }
        if let run = RoundKeys.run(of: segment.key) { return outcome(ofRun: run) }
        if !segment.isAlive { return .remove("half destroyed") }
        return RunFiles.isLeftoverOfFirstVersion(segment) ? .remove("its run is over") : .keep("an application's")
    }

    /// Judges a lock's object. It is a leftover if no segment names it, no process has it open, and a lock may have
    /// created it; an object of another user may belong to a segment that this process cannot read.
    package static func outcome(of object: LockObject, segments: [SegmentInfo]) -> Outcome {
        if let key = object.segmentKey { return .keep("of segment \(key)") }
        if segments.contains(where: { object.path == "/dev/shm/\($0.key)" }) { return .keep("a segment itself") }
        guard hasShape(object) else { return .keep("not made by a lock") }
        guard object.userID == geteuid() || geteuid() == 0 else { return .keep("another user's") }
        return object.isInUse() ? .keep("in use") : .remove("no segment names it")
    }

    /// Whether an object looks like one that a lock creates, judged without opening it.
    private static func hasShape(_ object: LockObject) -> Bool {
        var status = stat()
        guard unsafe lstat(object.path, &status) == 0, status.st_nlink == 1 else { return false }
        return switch object.kind {
        case .semaphore: status.st_size == MemoryLayout<sem_t>.size
        case .file: status.st_size == 0
        case .fifo: status.st_mode & S_IFMT == S_IFIFO
        case .queue: status.st_mode & S_IFMT == S_IFREG
        }
    }

    /// The runs of this tool that have a lease, with its path and owner.
    public static func leases() -> [(run: RunID, path: String, userID: UInt32)] {
        RunFiles.runs().compactMap { run in
            let name = RunLease.name(of: run)
            guard let status = try? SegmentFile.status(ofName: name) else { return nil }
            return (run, "\(SegmentFile.directory)/\(name)", status.st_uid)
        }.sorted { $0.path < $1.path }
    }

    /// Judges the files of a run.
    public static func outcome(ofRun run: RunID) -> Outcome {
        switch RunLease.state(of: run) {
        case .held: .keep("of a run in progress")
        case .foreign: .keep("another user's")
        case .free, .missing: .remove("its run is over")
        }
    }

    /// Removes the lease of a run that is over. Returns the error, if any.
    public static func removeLease(of run: RunID) -> String? {
        do throws(Errno) { try SegmentFile.remove(RunLease.name(of: run)) } catch {
            return error == .noSuchFileOrDirectory ? nil : "cannot remove the lease of run \(run): \(error.description)"
        }
        return nil
    }

    /// Removes a segment and its lock's objects. Returns the error, if any.
    package static func remove(_ segment: SegmentInfo) -> String? {
        do throws(SharedMemoryError) {
            try SharedMemory(key: segment.key).destroy(mode: .forceNoWait)
            return nil
        } catch {
            // Another process has already removed it.
            return error.code == .notFound ? nil : error.description
        }
    }
}
