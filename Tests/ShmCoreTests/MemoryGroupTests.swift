import Foundation
import Testing

@testable import ShmCore

/// The free memory of control groups in both versions, read from files under another root.
@Suite(.timeLimit(.minutes(10))) struct MemoryGroupTests {
    private let root = NSTemporaryDirectory() + "/shmcore-groups-\(UUID().uuidString)"

    private func objection(to bytes: Int, _ files: [String: String]) throws -> String? {
        defer { try? FileManager.default.removeItem(atPath: root) }
        for (path, text) in files {
            let folder = URL(fileURLWithPath: root + path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(toFile: root + path, atomically: false, encoding: .utf8)
        }
        return MemoryGroup.objection(to: bytes, files: KernelFiles(root: root))
    }

    private static let versionTwo = [
        "/proc/self/cgroup": "0::/user/job\n",
        "/proc/self/mountinfo": "30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
        "/sys/fs/cgroup/user/job/memory.max": "max\n", "/sys/fs/cgroup/user/job/memory.current": "7000\n",
        "/sys/fs/cgroup/user/memory.max": "10000\n", "/sys/fs/cgroup/user/memory.current": "9000\n",
        "/sys/fs/cgroup/user/memory.stat": "anon 5000\nfile 4000\ninactive_file 300\nactive_file 200\n",
        "/sys/fs/cgroup/user/memory.swap.max": "0\n",
    ]

    @Test(arguments: [(1500, true), (1501, false)])
    func `a parent's limit applies, and caches count as free (version 2)`(bytes: Int, fits: Bool) throws {
        let reason = try objection(to: bytes, Self.versionTwo)
        #expect((reason == nil) == fits)
        if !fits {
            #expect(
                reason
                    == "it needs 1501 bytes and the memory control group /sys/fs/cgroup/user has 1500 left of its limit"
            )
        }
    }

    @Test(arguments: [(1500, true), (1501, false)])
    func `version 1 uses the totals that include a group's children`(bytes: Int, fits: Bool) throws {
        let reason = try objection(
            to: bytes,
            [
                "/proc/self/cgroup": "4:cpu,memory:/job\n0::/\n",
                "/proc/self/mountinfo":
                    "31 22 0:27 / /sys/fs/cgroup/cm rw - cgroup none rw,cpu,memory\n"
                    + "32 22 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
                "/sys/fs/cgroup/cm/job/memory.limit_in_bytes": "10000\n",
                "/sys/fs/cgroup/cm/job/memory.usage_in_bytes": "9000\n",
                "/sys/fs/cgroup/cm/job/memory.stat":
                    "inactive_file 9\ntotal_inactive_file 300\ntotal_active_file 200\n",
                "/sys/fs/cgroup/cm/memory.limit_in_bytes": "9223372036854771712\n",
                "/sys/fs/cgroup/cm/memory.usage_in_bytes": "20000\n",
            ])
        #expect((reason == nil) == fits)
        if !fits { #expect(reason?.contains("/sys/fs/cgroup/cm/job has 1500 left") == true) }
    }

    @Test func `in a cgroup namespace the group is the one that lists this process`() throws {
        var files = [
            "/proc/self/cgroup": "0::/\n",
            "/proc/self/mountinfo": "30 22 0:26 /../.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
        ]
        for (group, process, limit) in [("a", "1", "100"), ("a/b", "\(getpid())", "10000"), ("a/c", "2", "100")] {
            files["/sys/fs/cgroup/\(group)/cgroup.procs"] = "3\n\(process)\n"
            files["/sys/fs/cgroup/\(group)/memory.max"] = group == "a" ? "max\n" : "\(limit)\n"
            files["/sys/fs/cgroup/\(group)/memory.current"] = "0\n"
            files["/sys/fs/cgroup/\(group)/memory.swap.max"] = "0\n"
        }
        #expect(try objection(to: 10_000, files) == nil)
        #expect(try objection(to: 10_001, files)?.contains("/sys/fs/cgroup/a/b has 10000 left") == true)
    }

    @Test func `an unreadable group raises no objection`() throws {
        #expect(try objection(to: .max, [:]) == nil)
        #expect(try objection(to: .max, ["/proc/self/cgroup": "0::/../other\n"]) == nil)
    }
}
