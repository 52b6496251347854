internal import CShm
internal import Glibc
internal import ShmCore
package import SystemPackage

/// A run's sign of life: a file beside its segments, on which the coordinator holds an open-file-description lock.
///
/// The kernel drops the lock when the coordinator ends, however it ends, and answers in every PID namespace whether somebody
/// holds it: no process number is asked for. The file gets its name with the lock already held, before the run's first
/// segment, and loses it after the last one. So a segment whose run's lease is not held is a leftover.
///
/// No child keeps the lock: the descriptor is closed on exec.
package final class RunLease {
    /// What the kernel says of a run.
    package enum State: Sendable {
        /// Its coordinator lives.
        case held
        /// Its coordinator is no more.
        case free
        /// The lease has no name any longer, or never had.
        case missing
        /// This process may not ask, or the file is none of this tool's.
        case foreign
    }

    /// The process that holds a lease.
    package struct Holder: Sendable, Equatable {
        /// Its process id, which has a meaning in its PID namespace, as long as the lease is held.
        package let process: Int32
        /// The inode of its PID namespace; 0 where it could not tell.
        package let namespace: UInt64

        package init(process: Int32, namespace: UInt64) {
            self.process = process
            self.namespace = namespace
        }

        /// This process.
        package static var current: Holder { Holder(process: getpid(), namespace: shm_pid_namespace()) }
    }

    /// Every lease is as long. No segment is: they have whole pages.
    private static let byteCount = 128
    private static let title = "shmbench run"

    private let name: String
    private let file: FileDescriptor
    private let status: stat

    /// Makes a run's lease, and holds it. Throws `EEXIST` where the run has one here.
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

    /// The name goes before the lock: a lease that has a name and is not held is a dead coordinator's.
    deinit {
        if isNamed { try? SegmentFile.remove(name) }
        try? file.close()
    }

    /// Whether its name leads to it: it does not after `rm`, nor in another mount namespace's `/dev/shm`.
    package var isNamed: Bool {
        guard let now = try? SegmentFile.status(ofName: name) else { return false }
        return now.st_ino == status.st_ino && now.st_dev == status.st_dev
    }

    package static func name(of run: RunID) -> String { RoundKeys.prefix(run: run) + "lease" }

    /// The run of a lease's name.
    package static func run(ofName name: String) -> RunID? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "shmbench" && parts[2] == "lease" ? RunID(parts[1]) : nil
    }

    /// Whether a run goes on.
    package static func state(of run: RunID) -> State { look(run).state }

    /// Who holds a run's lease; `nil` where it is not held.
    package static func holder(of run: RunID) -> Holder? { look(run).holder }

    private static func look(_ run: RunID) -> (state: State, holder: Holder?) {
        let name = name(of: run)
        // Looked at before it is opened: what is not ours is left alone.
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
