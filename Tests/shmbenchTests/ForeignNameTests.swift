import CShm
import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

extension CommandLineSuite.Inputs {
    /// What others call as this tool calls its own is never removed, by no command.
    @Suite struct ForeignNameTests {
        /// Keys that look like the tool's, made by an application.
        static let names = [
            "shmcore-cafe", "shmcore-1", "shmcore-785a542a2702e41", "shmcore-0123456789abcdef", "shmbench.1.0.arena",
            "shmbench.1.0.test", "shmbench.1.life.0", "shmbench.999999.0.arena", "shmbench.deadbeefdeadbeefdead.0.test",
            "shmbench.0123456789abcdef.0.arena", "shmbench.death", "shmbench.x", "selfbench.death.1.futex",
            "sem.shmbench.1.0.arena", "shmbench.1.lease", "shmbench.0123456789abcdef0123.lease",
        ]

        private func removeLeftovers() throws {
            let removal = try Invocation(["segments", "--remove"]).finish()
            #expect(removal.exit == .code(0), "\(removal.stderr)")
            let run = try Invocation.run("futex", workers: "1", "--output", "x.csv").finish()
            #expect(run.exit == .code(0), "\(run.stderr)")
        }

        @Test func `segments stay`() throws {
            let segments = Self.names.map { SharedMemory(key: $0) }
            defer { for segment in segments where segment.exists { try? segment.destroy(mode: .forceNoWait) } }
            for segment in segments { try segment.create(size: 100, lock: .futex) }
            try removeLeftovers()
            for segment in segments { #expect(segment.exists, "\(segment.key)") }
        }

        @Test(arguments: [0, 1, 32, 128, 4096, 8192])
        func `raw shared memory stays, of whichever size`(size: Int) throws {
            let paths = Self.names.map { "/dev/shm/\($0)" }
            defer { for path in paths { unsafe _ = unlink(path) } }
            for path in paths {
                try #require(FileManager.default.createFile(atPath: path, contents: Data(count: size)))
            }
            try removeLeftovers()
            for path in paths { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
        }

        @Test func `named semaphores and FIFOs stay`() throws {
            let semaphores = Self.names.map { "/\($0)" }
            let pipes = Self.names.filter { !$0.hasPrefix("sem.") }.map { "/dev/shm/\($0)" }
            defer {
                for name in semaphores { unsafe _ = sem_unlink(name) }
                for path in pipes { unsafe _ = unlink(path) }
            }
            for name in semaphores {
                // sem_open(3) is variadic: the file is what it makes.
                try #require(
                    FileManager.default.createFile(
                        atPath: "/dev/shm/sem.\(name.dropFirst())", contents: Data(count: MemoryLayout<sem_t>.size)))
            }
            for path in pipes { try #require(unsafe mkfifo(path, 0o600) == 0) }
            try removeLeftovers()
            for name in semaphores {
                #expect(FileManager.default.fileExists(atPath: "/dev/shm/sem.\(name.dropFirst())"), "\(name)")
            }
            for path in pipes { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
        }

        @Test func `message queues stay`() throws {
            let queues = Self.names.map { "/\($0)" }
            defer { for name in queues { unsafe _ = shm_queue_remove(name) } }
            for name in queues {
                let queue = unsafe shm_queue_open(name, 0o600)
                try #require(queue >= 0)
                close(queue)
            }
            try removeLeftovers()
            for name in queues {
                let queue = unsafe shm_queue_open(name, -1)
                #expect(queue >= 0, "\(name)")
                if queue >= 0 { close(queue) }
            }
        }
    }
}
