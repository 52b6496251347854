import Glibc
import TestSupport
import Testing

@_spi(Bench) @testable import ShmCore

extension ShmCoreSuite {
    /// Programs in unusual environments: without standard descriptors, within limits and control groups, without
    /// `/dev/shm` or `/proc`, in other IPC namespaces.
    @Suite struct SurroundingsTests {
        let scratch = Scratch()

        // MARK: Descriptors

        @Test(arguments: LockKind.all)
        func `a segment never gets a standard descriptor`(kind: LockKind) throws {
            let program = try scratch.probe(scratch.key())
            for command in [
                "create 64 \(kind)", "attach readWrite", "lock", "unlock", "exists", "count", "list", "detach",
                "destroy noWait", "create-or-attach 64 \(kind) 7", "lock", "unlock", "destroy forceNoWait",
            ] {
                let answer = try program.ask("without-standard \(command)")
                #expect(answer.hasPrefix("ok ok") && answer.hasSuffix(", taken []"), "\(command): \(answer)")
            }
        }

        // MARK: Limits

        @Test(arguments: [64 << 20, 1 << 20])
        func `a segment beyond the file-size limit is an error and not a signal`(size: Int) throws {
            let program = try scratch.probe(scratch.key())
            try #require(try program.ask("limit fsize \(512 << 10)") == "ok")
            for command in ["create \(size) futex", "create-or-attach \(size) futex 1"] {
                let answer = try program.ask(command)
                #expect(answer.hasPrefix("error outOfResources") && answer.contains("ulimit -f"), "\(answer)")
            }
            #expect(try program.ask("create 4096 futex") == "ok")
        }

        @Test func `a mapping beyond the address space is outOfMemory`() throws {
            let shared = try scratch.segment(size: 64 << 20)
            let program = try scratch.probe(shared)
            try #require(try program.ask("limit as \(1 << 20)") == "ok")
            #expect(try program.ask("attach readWrite").hasPrefix("error outOfMemory"))
            #expect(try shared.numAttachments == 0)
            try shared.attach()
        }

        @Test func `limits of locked memory and of processes do not limit segments`() throws {
            let program = try scratch.probe(scratch.key())
            for limit in ["memlock 0", "nproc 0"] { try #require(try program.ask("limit \(limit)") == "ok") }
            #expect(try program.ask("create 65536 robust-futex") == "ok")
            #expect(try program.ask("inspect") == "ok attached locked 65536 true")
        }

        @Test(.enabled(if: MemoryGroup.isPossible, "needs root and a memory control group of version 1"))
        func `a segment beyond the memory control group's limit is outOfMemory and kills no process`() throws {
            let program = try scratch.probe(scratch.key())
            let group = try MemoryGroup(limit: 96 << 20)
            try group.add(program.processID)
            for size in [256 << 20, 100 << 20] {
                let answer = try program.ask("create \(size) robust-futex")
                #expect(answer.hasPrefix("error outOfMemory") && answer.contains("control group"), "\(answer)")
            }
            #expect(try program.ask("create \(16 << 20) robust-futex") == "ok")
            #expect(try program.ask("create-or-attach \(1 << 30) futex 1").hasPrefix("error invalidSize"))
            #expect(try program.ask("destroy noWait") == "ok")
            program.kill()
        }

        @Test(.enabled(if: MemoryGroup.isPossible, "needs root and a memory control group of version 1"))
        func `the limit applies in a cgroup namespace, too`() throws {
            let group = try MemoryGroup(limit: 96 << 20)
            let script = "echo $$ >\(group.folder)/cgroup.procs && exec /usr/bin/unshare --cgroup \"$@\""
            let program = try scratch.probe(scratch.key(), through: ["/bin/sh", "-c", script, "sh"])
            let answer = try program.ask("create \(256 << 20) robust-futex")
            #expect(answer.hasPrefix("error outOfMemory") && answer.contains("control group"), "\(answer)")
            program.kill()
        }

        // MARK: Directories

        private static let without = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c"]
        private static let mayMount = ConditionTrait.enabled(if: isRoot, "needs the right to mount")

        @Test(mayMount) func `without /dev/shm every error says what is missing and how to provide it`() throws {
            let script = "mount -t tmpfs tmpfs /dev && exec \"$@\""
            let program = try scratch.probe(scratch.key(), through: Self.without + [script, "sh"])
            for (command, code) in [
                ("create 64 futex", "outOfResources"), ("attach readWrite", "notFound"), ("lock", "lockError"),
                ("count", "notFound"), ("destroy noWait", "notFound"),
                ("create-or-attach 64 futex 1", "outOfResources"),
            ] {
                let answer = try program.ask(command)
                #expect(
                    answer.hasPrefix("error \(code) ") && answer.contains("mount -t tmpfs"), "\(command): \(answer)")
            }
            #expect(try program.ask("exists") == "ok false")
            #expect(try program.ask("list").hasPrefix("error notFound"))
        }

        @Test(mayMount) func `a read-only /dev/shm is named in the error, and its segments can be read`() throws {
            let shared = try scratch.segment()
            let script = "mount -o remount,bind,ro /dev/shm && exec \"$@\""
            let program = try scratch.probe(shared.key, through: Self.without + [script, "sh"])
            #expect(try program.ask("exists") == "ok true")
            #expect(try program.ask("attach readOnly") == "ok")
            #expect(try program.ask("lock").hasPrefix("error permissionDenied"))
            let other = try scratch.probe(scratch.key(), through: Self.without + [script, "sh"])
            let answer = try other.ask("create 64 futex")
            #expect(answer.hasPrefix("error permissionDenied") && answer.contains("read-only"), "\(answer)")
        }

        @Test(mayMount) func `a directory without O_TMPFILE is named in the error`() throws {
            let script = "mount -t proc proc /dev/shm && exec \"$@\""
            let program = try scratch.probe(scratch.key(), through: Self.without + [script, "sh"])
            let answer = try program.ask("create 64 futex")
            #expect(answer.hasPrefix("error outOfResources") && answer.contains("O_TMPFILE"), "\(answer)")
        }

        @Test(mayMount, arguments: [LockKind.robustFutex, .futex, .pthreadRobust, .ticket])
        func `without /proc a segment works`(kind: LockKind) throws {
            let script = "mount -t tmpfs tmpfs /proc && exec \"$@\""
            let program = try scratch.probe(scratch.key(), through: Self.without + [script, "sh"])
            // Linux 6.11 provides a process's PID namespace without /proc. Before that, kinds with thread ids are an
            // error.
            let answer = try program.ask("create 64 \(kind)")
            guard answer == "ok" else {
                #expect(answer.contains("mount /proc"), "\(answer)")
                return
            }
            #expect(try program.ask("inspect") == "ok attached locked 64 true")
            #expect(try program.ask("destroy noWait") == "ok")
        }

        // MARK: Namespaces

        @Test(.needsRoot, arguments: LockKind.all.filter(\.properties.oneIPCNamespace))
        func `in another IPC namespace a lock with an IPC object fails with safe advice`(kind: LockKind)
            throws
        {
            let shared = try scratch.segment(lock: kind)
            let stranger = try scratch.probe(shared)
            try #require(try stranger.ask("own-ipc-namespace") == "ok")
            for command in ["lock", "trylock", "lock-within 10"] {
                let answer = try stranger.ask(command)
                #expect(answer.hasPrefix("error lockError") && answer.contains("IPC namespace"), "\(answer)")
                #expect(!answer.contains("force") && answer.contains("flock"), "\(answer)")
            }
            #expect(try stranger.ask("attach readWrite") == "ok")
            #expect(try shared.tryLock() == .released)
            // A process holds the lock: from elsewhere the segment cannot be destroyed without force.
            #expect(try stranger.ask("detach") == "ok")
            #expect(try stranger.ask("destroy noWait").contains("IPC namespace"))
            try shared.unlock()
        }

        @Test(.needsRoot, arguments: LockKind.all.filter { !$0.properties.oneIPCNamespace && $0.properties.excludes })
        func `in another IPC namespace every other lock works`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let stranger = try scratch.probe(shared)
            try #require(try stranger.ask("own-ipc-namespace") == "ok")
            try shared.lock()
            #expect(try stranger.ask("trylock") == "ok busy")
            try shared.unlock()
            #expect(try stranger.ask("lock") == "ok released")
            #expect(try shared.tryLock() == nil)
        }

        @Test(.needsRoot, arguments: [LockKind.robustFutex, .futex, .pthreadRobust, .sysvSemUndo, .flock])
        func `in another mount or user namespace every lock works`(kind: LockKind) throws {
            for wrapper in [["/usr/bin/unshare", "--mount"], ["/usr/bin/unshare", "--user", "--map-root-user"]] {
                let shared = try scratch.segment(lock: kind)
                let stranger = try scratch.probe(shared.key, through: wrapper)
                #expect(try stranger.ask("lock") == "ok released")
                #expect(try shared.tryLock() == nil)
                stranger.kill()
                if kind.properties.survivesOwnerDeath { #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied) }
            }
        }

        @Test(.needsRoot, arguments: ["--user", "--user --map-root-user"])
        func `the user of a user namespace does not count as the owner of files outside it`(options: String) throws {
            let key = scratch.key()
            let owner = try scratch.probe(key)
            try #require(try owner.ask("create 64 robust-futex 666") == "ok")
            let script =
                "exec /usr/bin/setpriv --reuid 65533 --regid 65533 --clear-groups /usr/bin/unshare \(options) \"$@\""
            let stranger = try scratch.probe(key, through: ["/bin/sh", "-c", script, "sh"])
            for mode in ["noWait", "forceNoWait", "wait"] {
                #expect(try stranger.ask("destroy \(mode)").hasPrefix("error permissionDenied"), "\(mode)")
            }
            #expect(try owner.ask("exists") == "ok true")
            #expect(try owner.ask("lock") == "ok released")
        }

        // MARK: exec

        @Test func `tryLock reports an owner that executed another program on a later thread`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let owner = try scratch.probe(shared)
            #expect(try shared.tryLock() == .released)
            try shared.unlock()
            owner.send("exec-on-thread")
            // The new program answers its start.
            #expect(try owner.answer() == "ok")
            var outcome: SharedMemory.Acquisition?
            #expect(
                try eventually {
                    outcome = try shared.tryLock()
                    return outcome != nil
                })
            #expect(outcome == .ownerDied)
        }

        @Test func `tryLock does not take the lock of a live owner`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            let end = Deadline.after(.milliseconds(100))
            while !end.hasPassed { #expect(try shared.tryLock() == nil) }
            owner.signal(SIGSTOP)
            let stopped = Deadline.after(.milliseconds(50))
            while !stopped.hasPassed { #expect(try shared.tryLock() == nil) }
            owner.signal(SIGCONT)
            #expect(try owner.ask("unlock") == "ok")
            #expect(try shared.tryLock() == .released)
        }

        // MARK: Destroying segments of dead owners

        /// Other kinds detect the death themselves, as `futex-pi` does, or are objects that a participant has open.
        private static let hanging = LockKind.excluding.filter {
            !$0.properties.survivesOwnerDeath && $0.properties.kernelObject == nil && $0 != .futexPI
        }

        @Test(arguments: hanging)
        func `a segment whose owner died inside is destroyed once no other process has it open`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let key = shared.key
            let owner = try scratch.probe(key)
            try #require(try owner.ask("lock") == "ok released")
            owner.kill()
            let destroyer = try scratch.probe(key)
            destroyer.send("destroy noWait")
            // This process has it open and might hold the lock.
            #expect(try !destroyer.answers(within: .milliseconds(120)))
            try shared.setKey(scratch.key())
            #expect(try destroyer.answer() == "ok")
            #expect(!RawFile.exists(key))
        }
    }
}

/// A memory control group of version 1, below the root's. It is removed with its last reference.
private final class MemoryGroup {
    private static let root = "/sys/fs/cgroup/memory"
    static var isPossible: Bool { unsafe isRoot && access(root + "/memory.limit_in_bytes", F_OK) == 0 }
    let folder = root + "/shmcore-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    init(limit: Int) throws {
        guard unsafe mkdir(folder, 0o755) == 0 else { throw Probe.Failure.notStarted(errno: errno) }
        try write("\(limit)", to: "memory.limit_in_bytes")
    }

    func add(_ process: pid_t) throws { try write("\(process)", to: "cgroup.procs") }

    private func write(_ text: String, to file: String) throws {
        let opened = unsafe open("\(folder)/\(file)", O_WRONLY)
        guard opened >= 0 else { throw Probe.Failure.notStarted(errno: errno) }
        defer { close(opened) }
        let count = text.utf8.count
        guard unsafe Glibc.write(opened, text, count) == count else { throw Probe.Failure.notStarted(errno: errno) }
    }

    deinit {
        // Its processes have been killed; their memory is freed a moment later.
        for _ in 0..<100 where unsafe rmdir(folder) != 0 { usleep(20_000) }
    }
}
