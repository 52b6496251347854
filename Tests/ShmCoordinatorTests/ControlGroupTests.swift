import Foundation
import ShmCore
import SystemPackage
import Testing

@testable import ShmCoordinator

/// Control groups of both versions, described by files under another root.
@Suite(.timeLimit(.minutes(10))) struct ControlGroupTests {
    private let root: String

    init() throws {
        root = NSTemporaryDirectory() + "/shmbench-cgroups-\(UUID().uuidString)"
    }

    private func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let folder = (root + path).split(separator: "/").dropLast().joined(separator: "/")
            try FileManager.default.createDirectory(atPath: "/" + folder, withIntermediateDirectories: true)
            try text.write(toFile: root + path, atomically: false, encoding: .utf8)
        }
    }

    private func remove() { try? FileManager.default.removeItem(atPath: root) }

    private static let versionOne = [
        "/proc/self/cgroup": "8:pids:/jobs/mine\n4:cpu,memory:/\n0::/\n",
        "/proc/self/mountinfo":
            "30 22 0:26 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n31 22 0:27 / /sys/fs/cgroup/cm rw - cgroup none rw,cpu,memory\n"
            + "32 22 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
    ]

    @Test func `a controller of version 1 has a hierarchy of its own`() throws {
        defer { remove() }
        try write(Self.versionOne)
        let files = KernelFiles(root: root)
        #expect(
            ControlGroup("pids", files: files)?.folders
                == ["/sys/fs/cgroup/pids/jobs/mine", "/sys/fs/cgroup/pids/jobs", "/sys/fs/cgroup/pids"])
        #expect(ControlGroup("memory", files: files)?.folders == ["/sys/fs/cgroup/cm"])
        #expect(ControlGroup("freezer", files: files)?.folders == ["/sys/fs/cgroup/unified"])
    }

    @Test func `a container's group is found below the mount point`() throws {
        defer { remove() }
        try write([
            "/proc/self/cgroup": "0::/docker/abc/job\n",
            "/proc/self/mountinfo": "30 22 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw,nsdelegate\n",
        ])
        #expect(
            ControlGroup("pids", files: KernelFiles(root: root))?.folders
                == ["/sys/fs/cgroup/job", "/sys/fs/cgroup"])
    }

    @Test func `a group outside the namespace cannot be seen`() throws {
        defer { remove() }
        try write([
            "/proc/self/cgroup": "0::/../other\n",
            "/proc/self/mountinfo": "30 22 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
        ])
        #expect(ControlGroup("pids", files: KernelFiles(root: root)) == nil)
    }

    @Test(arguments: [("10\n", "10\n", "max 0\n"), ("10\n", "4\n", "max 3\n")])
    func `a parent's limit of processes is named with its file`(most: String, count: String, events: String) throws {
        defer { remove() }
        try write([
            "/proc/self/cgroup": "0::/user/job\n",
            "/proc/self/mountinfo": "30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw\n",
            "/sys/fs/cgroup/user/job/pids.max": "max\n", "/sys/fs/cgroup/user/job/pids.current": "3\n",
            "/sys/fs/cgroup/user/pids.max": most, "/sys/fs/cgroup/user/pids.current": count,
            "/sys/fs/cgroup/user/pids.events": events,
        ])
        let cause = RefusalReason.cause(.resourceTemporarilyUnavailable, files: KernelFiles(root: root))
        #expect(
            cause?.hasPrefix("the control group may have 10 processes and threads (/sys/fs/cgroup/user/pids.max)")
                == true)
    }

    @Test(arguments: [
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill ", "memory.limit_in_bytes"),
        ("memory.events", "low 0\noom 1\noom_kill ", "memory.max"),
    ])
    func `OOM kills are counted in either version`(counter: String, text: String, limit: String) throws {
        defer { remove() }
        try write([
            "/proc/self/cgroup": counter == "memory.events" ? "0::/job\n" : "4:memory:/job\n",
            "/proc/self/mountinfo":
                "30 22 0:26 / /sys/fs/cgroup rw - cgroup\(counter == "memory.events" ? "2" : "") none rw,memory\n",
            "/sys/fs/cgroup/job/\(counter)": text + "2\n", "/sys/fs/cgroup/job/\(limit)": "max\n",
            "/sys/fs/cgroup/\(limit)": "67108864\n",
        ])
        let files = KernelFiles(root: root)
        let before = MemoryKills(files: files)
        #expect(before.cause(files: files) == nil)
        try write(["/sys/fs/cgroup/job/\(counter)": text + "3\n"])
        #expect(before.cause(files: files)?.contains("/sys/fs/cgroup/\(limit) is 67108864; raise it") == true)
    }

    @Test func `an OOM kill elsewhere on the machine is a possible cause, not the cause`() throws {
        defer { remove() }
        try write(["/proc/vmstat": "oom_kill 7\n"])
        let files = KernelFiles(root: root)
        let before = MemoryKills(files: files)
        #expect(before.possibleCause(files: files) == nil)
        try write(["/proc/vmstat": "oom_kill 8\n"])
        #expect(before.cause(files: files) == nil)
        #expect(before.possibleCause(files: files)?.contains("because memory ran out") == true)
    }

    @Test func `a commit limit of the machine is named`() throws {
        defer { remove() }
        try write([
            "/proc/sys/vm/overcommit_memory": "2\n",
            "/proc/meminfo": "MemAvailable:  900 kB\nCommitLimit:  2000 kB\nCommitted_AS:  1990 kB\n",
        ])
        let cause = RefusalReason.cause(.noMemory, files: KernelFiles(root: root))
        #expect(cause?.contains("1990 of 2000 KiB (vm.overcommit_memory is 2)") == true)
    }
}
