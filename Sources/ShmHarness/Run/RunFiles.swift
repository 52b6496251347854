internal import Glibc
@_spi(Bench) package import ShmCore
internal import SystemPackage

/// The files of runs in `/dev/shm`, and their removal.
package enum RunFiles {
    /// The workers of a killed coordinator die shortly after it.
    private static let patience = Duration.seconds(2)

    /// The runs that have files.
    package static func runs() -> Set<RunID> { Set(names().compactMap(run(ofName:))) }

    /// The run to which a file belongs.
    package static func run(ofName name: String) -> RunID? { RunLease.run(ofName: name) ?? RoundKeys.run(of: name) }

    /// Removes what dead coordinators have left whose janitors were killed too, also those of other PID namespaces and
    /// of containers that no longer exist. Call it before the first round.
    package static func sweep() {
        for run in runs() { removeLeftovers(of: run) }
        removeLeftoversOfFirstVersion()
    }

    /// Removes the leftovers of a run, unless the run is in progress.
    package static func removeLeftovers(of run: RunID) {
        switch RunLease.state(of: run) {
        case .held, .foreign: break
        case .free: remove(run)
        case .missing:
            // The lease may have been removed by its name. Segments in use are kept.
            for segment in segments(of: run) where ((try? segment.numAttachments) ?? 0) == 0 {
                try? segment.destroy(mode: .forceNoWait)
            }
        }
    }

    /// Removes all files of a run: its segments with their locks' objects, and last the lease. The run must be over, or
    /// be the caller's own.
    package static func remove(_ run: RunID) {
        let deadline = Deadline.after(patience)
        for segment in segments(of: run) {
            // A dying worker may be creating an object of its lock, which would be left behind.
            while let count = try? segment.numAttachments, count > 0, !deadline.hasPassed { usleep(1000) }
            remove(segment)
        }
        try? SegmentFile.remove(RunLease.name(of: run))
    }

    /// Removes a segment of a run; if its control block was overwritten, its file.
    package static func remove(_ segment: SharedMemory) {
        do throws(SharedMemoryError) { try segment.destroy(mode: .forceNoWait) } catch {
            guard error.code == .keyError, let status = try? SegmentFile.status(ofName: segment.key),
                status.st_mode & S_IFMT == S_IFREG
            else { return }
            try? SegmentFile.remove(segment.key)
        }
    }

    /// The arenas of a run.
    package static func arenas(of run: RunID) -> [SharedMemory] {
        segments(of: run).filter { $0.key.hasSuffix(".arena") }
    }

    private static func segments(of run: RunID) -> [SharedMemory] {
        // The keys contain no character that file names encode.
        names().filter { RoundKeys.run(of: $0) == run }.map { SharedMemory(key: $0) }
    }

    private static func names() -> [String] {
        ((try? SegmentFile.names()) ?? []).filter { $0.hasPrefix("shmbench.") }
    }

    // MARK: Version 0.1.0

    /// Whether a segment is a leftover of version 0.1.0, which put the coordinator's process id into the key: that id
    /// must be the creator's too, and belong to this PID namespace.
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
