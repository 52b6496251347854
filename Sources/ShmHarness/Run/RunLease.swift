internal import CShm
internal import Glibc
internal import ShmCore
package import SystemPackage

/// Shows that a run is in progress: a file beside its segments, on which the coordinator holds an open-file-description
/// lock.
///
/// The kernel drops the lock when the coordinator ends, however it ends, and answers in every PID namespace whether the
/// lock is held, so no process id is needed. The file gets its name with the lock already held, before the run's first
/// segment is created, and loses it after the last one is removed. A segment whose run's lease is not held is therefore
/// a leftover.
///
/// No child inherits the lock: the descriptor is closed on exec.
package final class RunLease {
    /// The state of a run, from its lease.
    package enum State: Sendable {
        /// Its coordinator is alive.
        case held
        /// Its coordinator is dead.
        case free
        /// The lease's name was removed, or never existed.
        case missing
        /// This process may not open the lease, or the file is not of this tool.
        case foreign
    }

    /// The process that holds a lease.
    package struct Holder: Sendable, Equatable {
        /// Its process id, valid in its PID namespace as long as the lease is held.
        package let process: Int32
        /// The inode of its PID namespace; 0 if unknown.
        package let namespace: UInt64

        package init(process: Int32, namespace: UInt64) {
            self.process = process
            self.namespace = namespace
        }

        /// This process.
        package static var current: Holder { Holder(process: getpid(), namespace: shm_pid_namespace()) }
    }

    /// The size of every lease. Segments consist of whole pages, so none has this size.
    private static let byteCount = 128
    private static let title = "shmbench run"

    private let name: String
    private let file: FileDescriptor
    private let status: stat

    /// Creates a run's lease, and holds it. Throws `EEXIST` if the run already has one.
    package init(_ run: RunID) throws(Errno) {
        name = Self.name(of: run)
        file = try SegmentFile.createUnnamed(mode: 0o600)
        do throws(Errno) {
            let locked = shm_ofd_lock(file.rawValue, Int16(F_WRLCK), 0, 1, false)
            if locked < 0 { throw Errno(rawValue: -locked) }
            do { _ = try file.writeAll(Self.content(.current, run)) } catch { throw (error as? Errno) ?? .ioError }
            status = try SegmentFile.status(of: file)
            try SegmentFile.publish(file, as: name)
        } catch {
            try? file.close()
            throw error
        }
    }

    /// The name is removed before the lock is dropped: a lease with a name that is not held belongs to a dead
    /// coordinator.
    deinit {
        if isNamed { try? SegmentFile.remove(name) }
        try? file.close()
    }

    /// Whether its name still refers to it: not after `rm`, nor in another mount namespace's `/dev/shm`.
    package var isNamed: Bool {
        guard let now = try? SegmentFile.status(ofName: name) else { return false }
        return now.st_ino == status.st_ino && now.st_dev == status.st_dev
    }

    package static func name(of run: RunID) -> String { RoundKeys.prefix(run: run) + "lease" }

    /// The run to which a lease's name belongs.
    package static func run(ofName name: String) -> RunID? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "shmbench" && parts[2] == "lease" ? RunID(parts[1]) : nil
    }

    /// The state of a run.
    package static func state(of run: RunID) -> State { look(run).state }

    /// The process that holds a run's lease; `nil` if it is not held.
    package static func holder(of run: RunID) -> Holder? { look(run).holder }

    private static func look(_ run: RunID) -> (state: State, holder: Holder?) {
        let name = name(of: run)
        // The status is checked before the file is opened: other programs' files are left alone.
        let status: stat
        do throws(Errno) { status = try SegmentFile.status(ofName: name) } catch {
            return (error == .noSuchFileOrDirectory ? .missing : .foreign, nil)
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size == byteCount, status.st_nlink == 1,
            status.st_uid == geteuid() || geteuid() == 0
        else { return (.foreign, nil) }
        let file: FileDescriptor
        do throws(Errno) { file = try SegmentFile.open(name, writable: false) } catch {
            return (error == .noSuchFileOrDirectory ? .missing : .foreign, nil)
        }
        defer { try? file.close() }
        var content = [UInt8](repeating: 0, count: byteCount)
        let count = unsafe pread(file.rawValue, &content, byteCount, 0)
        guard count == byteCount, let holder = holder(content, run) else { return (.foreign, nil) }
        var (start, length): (Int64, Int64) = (0, 1)
        switch unsafe shm_ofd_conflict(file.rawValue, &start, &length) {
        case 0: return (.free, nil)
        case 1: return (.held, holder)
        default: return (.foreign, nil)
        }
    }

    // MARK: Content

    private static func content(_ holder: Holder, _ run: RunID) -> [UInt8] {
        let text = "\(title) \(run)\npid \(holder.process)\npid-namespace \(holder.namespace)\n"
        return Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: byteCount - text.utf8.count)
    }

    private static func holder(_ content: [UInt8], _ run: RunID) -> Holder? {
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
        guard lines.count == 3, lines[0] == "\(title) \(run)", lines[1].hasPrefix("pid "),
            lines[2].hasPrefix("pid-namespace "), let process = Int32(lines[1].dropFirst(4)),
            let namespace = UInt64(lines[2].dropFirst(14))
        else { return nil }
        return Holder(process: process, namespace: namespace)
    }
}
