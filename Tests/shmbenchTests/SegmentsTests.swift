import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import TestSupport
import Testing

extension CommandLineSuite.Inputs {
    /// What is left over, and what becomes of it.
    @Suite struct SegmentsTests {
        /// Locks that have something outside their segments, each by its kind of object.
        private static let outside = LockKind.all.filter { $0.properties.kernelObject != nil && $0.obstacle == nil }

        private func segments(_ arguments: String...) throws -> Invocation.Outcome {
            try Invocation(["segments"] + arguments).finish()
        }

        private func entries() throws -> [[String: Any]] {
            let outcome = try segments("--format", "json")
            #expect(outcome.exit == .code(0) && outcome.stderr == "")
            let document = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8))
            return try #require((document as? [String: Any])?["rows"] as? [[String: Any]])
        }

        private func leftover(_ name: String) throws -> Bool? {
            try entries().first { $0["name"] as? String == name }?["leftover"] as? Bool
        }

        @Test func `an application's segment is shown and never removed`() throws {
            let shared = SharedMemory(key: "shmbench-tests-application-\(getpid())")
            try shared.create(size: 100, lock: .pipeToken)
            defer { try? shared.destroy(mode: .forceNoWait) }
            #expect(try leftover(shared.key) == false)
            let table = try segments().stdout
            #expect(table.contains(shared.key) && table.contains("an application's"))
            #expect(try segments("--remove").exit == .code(0))
            #expect(shared.exists)
            #expect(try shared.tryLock() == .released, "its lock's FIFO is still there")
            try shared.unlock()
        }

        @Test func `a segment of a run that is over is removed, with its lock's object, unless a process is attached`()
            throws
        {
            let traces = Traces()
            for kind in Self.outside {
                let run = try RunID.abandoned()
                let key = RoundKeys(run: run, round: 7).test
                let shared = SharedMemory(key: key)
                try shared.create(size: 100, lock: kind)
                try shared.attach()
                #expect(try leftover(key) == false, "\(kind): in use")
                #expect(try !segments("--remove").stdout.contains(key))
                try shared.detach()
                // A child of another test has the descriptor until its exec.
                #expect(eventually { (try? leftover(key)) == true }, "\(kind)")
                let removed = try segments("--remove")
                #expect(removed.exit == .code(0) && removed.stdout.contains("removed segment \(key)"))
                #expect(!shared.exists)
                #expect(traces.left() == [], "\(kind)")
            }
        }

        @Test func `a segment of a run that goes on is left alone`() throws {
            let run = RunID.random()
            let lease = try RunLease(run)
            let shared = SharedMemory(key: RoundKeys(run: run, round: 7).test)
            try shared.create(size: 100, lock: .futex)
            defer { try? shared.destroy(mode: .forceNoWait) }
            #expect(try leftover(shared.key) == false)
            #expect(try leftover("/dev/shm/\(RunLease.name(of: run))") == false)
            #expect(try segments("--remove").exit == .code(0))
            #expect(shared.exists && RunLease.state(of: run) == .held)
            withExtendedLifetime(lease) {}
        }

        @Test func `the lease of a run that is over is removed`() throws {
            let path = "/dev/shm/\(RunLease.name(of: try RunID.abandoned()))"
            #expect(try leftover(path) == true)
            let removed = try segments("--remove")
            #expect(removed.exit == .code(0) && removed.stdout.contains("removed lease \(path) (its run is over)"))
            #expect(!FileManager.default.fileExists(atPath: path))
        }

        @Test(arguments: ["json", "csv", "markdown", "junit", "github"])
        func `what was removed is in every format`(format: String) throws {
            let removal = try removedLease(format)
            let (path, printed) = try #require(removal, "no document has the removal")
            switch format {
            case "json":
                try expectValid(printed, "segments")
                let row = try JSONNode(printed)["rows"]?.elements.first { $0["name"]?.text == path }
                #expect(row?["removed"] == .boolean(true) && row?["reason"]?.text == "its run is over")
            case "csv":
                let row = try #require(try Table(printed).rows.first { $0["name"] == path })
                #expect(row["removed"] == "yes" && row["reason"] == "its run is over")
            case "github": #expect(printed.hasPrefix("::notice title=shmbench::"), "\(printed)")
            case "junit":
                let title = "<testcase classname=\"segments\" name=\"lease \(path)\">"
                #expect(printed.contains("\(title)\n      <system-out>its run is over</system-out>"), "\(printed)")
            default:
                let line = try #require(printed.split(separator: "\n").first { $0.contains(path) })
                #expect(line.contains("lease") && line.contains("yes") && line.contains("its run is over"), "\(line)")
            }
        }

        /// Removes the lease of a run that is over, and returns its path and the document; `nil` if three documents lack
        /// the removal. Another test may remove a lease first.
        private func removedLease(_ format: String) throws -> (path: String, printed: String)? {
            for _ in 1...3 {
                let path = "/dev/shm/\(RunLease.name(of: try RunID.abandoned()))"
                let removed = try segments("--remove", "--format", format)
                #expect(removed.exit == .code(0) && !FileManager.default.fileExists(atPath: path), "\(removed.stderr)")
                // Annotations have the number of leftovers, not their names.
                if removed.stdout.contains(format == "github" ? " removed\n" : path) { return (path, removed.stdout) }
            }
            return nil
        }

        @Test(arguments: [LockKind.posixNamedSem, .pipeToken, .fcntlRecord])
        func `an object whose segment was removed by hand is a leftover once no process has it open`(kind: LockKind)
            throws
        {
            let key = "shmbench-tests-orphan-\(getpid())"
            var shared: SharedMemory? = SharedMemory(key: key)
            try shared?.create(size: 100, lock: kind)
            try shared?.lock()
            let object = try #require(LockObject.all().first { $0.segmentKey == key })
            defer { unsafe _ = unlink(object.path) }
            #expect(try leftover(object.path) == false, "its segment names it")
            unsafe _ = unlink("/dev/shm/\(key)")
            #expect(try leftover(object.path) == false, "this process has it open")
            try shared?.unlock()
            shared = nil
            #expect(try leftover(object.path) == true)
            let removed = try segments("--remove")
            #expect(removed.exit == .code(0) && removed.stdout.contains(object.path))
            #expect(!FileManager.default.fileExists(atPath: object.path))
        }

        @Test func `objects with similar names are left alone`() throws {
            for name in ["shmcore-", "shmcore-xyz", "shmcore-0", "shmcore-00ff", "sem.shmcore-", "shmcore-ff.bak"] {
                let path = "/dev/shm/\(name)"
                #expect(FileManager.default.createFile(atPath: path, contents: nil))
                defer { unsafe _ = unlink(path) }
                #expect(try leftover(path) == nil, "\(name)")
            }
        }

        /// Coordinator and janitor are killed together, so that no process is left to clean up.
        @Test(arguments: outside)
        func `what a run leaves that is killed with its janitor can be removed`(kind: LockKind) throws {
            let traces = Traces()
            let run = try Invocation.run(kind.name, workers: "2", "--duration", "20s", "--output", "x.csv")
            #expect(eventually { ProcessTable.workers(of: run.pid).count == 2 })
            let workers = ProcessTable.workers(of: run.pid)
            // A moment into the contention, wherever that is.
            usleep(UInt32.random(in: 0..<20_000))
            let janitors = ProcessTable.children(of: run.pid).filter { $0.arguments.contains("janitor") }
            #expect(janitors.count == 1)
            for janitor in janitors { kill(janitor.pid, SIGKILL) }
            run.send(SIGKILL)
            _ = run.finish()
            // They are attached as long as they die, and another run may sweep up before this one does.
            #expect(eventually { !workers.contains(where: ProcessTable.isRunning) })
            let removed = try segments("--remove")
            #expect(removed.exit == .code(0), "\(removed.stderr)")
            #expect(traces.left(processes: workers) == [])
        }

        @Test(arguments: outside, [SIGINT, SIGKILL])
        func `a run that is interrupted or killed leaves nothing`(kind: LockKind, signal: Int32) throws {
            let traces = Traces()
            let run = try Invocation.run(kind.name, workers: "2", "--duration", "20s", "--output", "x.csv")
            #expect(eventually { ProcessTable.workers(of: run.pid).count == 2 })
            run.send(signal)
            _ = run.finish()
            #expect(traces.left() == [])
        }
    }
}
