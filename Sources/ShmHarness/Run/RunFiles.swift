internal import Glibc
@_spi(Bench) package import ShmCore
internal import SystemPackage

/// What runs have in `/dev/shm`, and its removal.
package enum RunFiles {
    /// Workers of a coordinator that was killed die a moment after it.
    private static let patience = Duration.seconds(2)

    /// The runs of which there is something.
    package static func runs() -> Set<RunID> { Set(names().compactMap(run(ofName:))) }

    /// The run to which a file belongs.
    package static func run(ofName name: String) -> RunID? { RunLease.run(ofName: name) ?? RoundKeys.run(of: name) }

    /// Removes what dead coordinators have left whose janitors were killed, too: those of other PID namespaces and of containers
    /// that are gone, as well. Call it before the first round.
    package static func sweep() {
        for run in runs() { removeLeftovers(of: run) }
        removeLeftoversOfFirstVersion()
    }

    /// Removes what a run has left that is over.
    package static func removeLeftovers(of run: RunID) {
        switch RunLease.state(of: run) {
        case .held, .foreign: break
        case .free: remove(run)
        case .missing:
            // Somebody has removed the lease by its name, perhaps. What is in use is not torn away.
            for segment in segments(of: run) where ((try? segment.numAttachments) ?? 0) == 0 {
                try? segment.destroy(mode: .forceNoWait)
            }
        }
    }

    /// Removes all that a run has: with its segments also their locks' objects, and the lease last. For a run that is over, or
    /// the caller's own.
    package static func remove(_ run: RunID) {
        let deadline = Deadline.after(patience)
        for segment in segments(of: run) {
            // A worker that dies this moment may be making its lock's object, which would stay.
            while let count = try? segment.numAttachments, count > 0, !deadline.hasPassed { usleep(1000) }
            remove(segment)
        }
        try? SegmentFile.remove(RunLease.name(of: run))
    }

    /// Removes a segment of a run; where its control block was overwritten, its file.
    package static func remove(_ segment: SharedMemory) {
        do throws(SharedMemoryError) { try segment.destroy(mode: .forceNoWait) } catch {
            guard error.code == .keyError, let status = try? SegmentFile.status(ofName: segment.key),
                status.st_mode & S_IFMT == S_IFREG
            else { return }
            try? SegmentFile.remove(segment.key)
        }
    }

    /// The arenas that a run has now.
    package static func arenas(of run: RunID) -> [SharedMemory] {
        segments(of: run).filter { $0.key.hasSuffix(".arena") }
    }

    private static func segments(of run: RunID) -> [SharedMemory] {
        // Their keys have no character that is encoded in a name.
        names().filter { RoundKeys.run(of: $0) == run }.map { SharedMemory(key: $0) }
    }

    private static func names() -> [String] {
        ((try? SegmentFile.names()) ?? []).filter { $0.hasPrefix("shmbench.") }
    }

    // MARK: Version 0.1.0

    /// Whether a segment is one that version 0.1.0 has left, which named the coordinator by its process id: that must be its
    /// creator's, too, and mean something here.
    package static func isLeftoverOfFirstVersion(_ segment: SegmentInfo) -> Bool {
        guard let coordinator = RoundKeys.coordinator(of: segment.key), segment.isOfThisPIDNamespace,
            segment.creatorPID == Int(coordinator), segment.numAttachments == 0
        else { return false }
        return kill(coordinator, 0) != 0 && errno == ESRCH
    }

    private static func removeLeftoversOfFirstVersion() {
        guard names().contains(where: { RoundKeys.coordinator(of: $0) != nil }) else { return }
        for segment in (try? SharedMemory.segments()) ?? [] where isLeftoverOfFirstVersion(segment) {
            try? SharedMemory(key: segment.key).destroy(mode: .forceNoWait)
        }
    }
}
