import Foundation
import ShmCore
import Testing

extension ShmCoreSuite {
    /// A plugin's lock in a segment, in processes that load it. This process does not load it.
    @Suite struct PluginLockTests {
        let scratch = Scratch()

        /// The path of the plugin, compiled by the machine's C compiler; `nil` if that fails.
        private static let plugins: [String: String] = {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            var paths: [String: String] = [:]
            for name in ["anderson", "slow-futex"] {
                let path = NSTemporaryDirectory() + "shmcore-test-\(getpid())-\(name).so"
                let compiler = Process()
                compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                compiler.arguments = [
                    "cc", "-std=c11", "-O2", "-fPIC", "-shared", "-I", "\(root)/Sources/CShm/include",
                    "\(root)/scripts/plugins/\(name).c", "-o", path,
                ]
                try? compiler.run()
                compiler.waitUntilExit()
                if compiler.terminationStatus == 0 { paths[name] = path }
            }
            atexit {
                for path in PluginLockTests.plugins.values { try? FileManager.default.removeItem(atPath: path) }
            }
            return paths
        }()

        /// Processes that have loaded the plugin; the first one has created a segment with its lock.
        private func probes(_ count: Int, _ name: String) throws -> (key: String, probes: [Probe]) {
            let path = try #require(Self.plugins[name])
            let key = scratch.key()
            let probes = try (0..<count).map { _ in try scratch.probe(key) }
            for probe in probes { try #require(try probe.ask("load-plugin \(path)") == "ok") }
            try #require(try probes[0].ask("create 4096 \(name)") == "ok")
            return (key, probes)
        }

        @Test(arguments: ["anderson", "slow-futex"])
        func `threads of processes exclude each other, by handles and by primitives`(name: String) throws {
            let (_, probes) = try probes(4, name)
            for (place, probe) in probes.enumerated() { probe.send("contend 60 2 \(place) 8") }
            var sections = 0
            for probe in probes {
                let words = try probe.answer(within: .seconds(40)).split(separator: " ")
                try #require(words.count == 3 && words[0] == "ok", "\(words)")
                #expect(words[2] == "0", "overlaps")
                sections += try #require(Int(words[1]))
            }
            try #require(try probes[0].ask("attach readOnly") == "ok")
            var counted = 0
            for byte in (0..<4).reversed() {
                let answer = try probes[0].ask("peek \(byte)").split(separator: " ")
                counted = counted * 256 + (try #require(answer.last.flatMap { Int($0) }))
            }
            #expect(counted == sections && sections >= 8)
        }

        @Test(arguments: ["anderson", "slow-futex"])
        func `a held lock is busy, and a wait with a deadline ends in time`(name: String) throws {
            let (_, probes) = try probes(2, name)
            #expect(try probes[0].ask("lock") == "ok released")
            #expect(try probes[1].ask("trylock") == "ok busy")
            #expect(try probes[1].ask("lock-within 60") == "ok busy")
            for probe in probes { try #require(try probe.ask("join") == "ok") }
            let words = try probes[1].ask("primitive-within 60").split(separator: " ")
            #expect(words.prefix(2) == ["ok", "busy"] && (words.last.flatMap { Int($0) } ?? 0) >= 60)
            #expect(try probes[0].ask("unlock") == "ok")
            #expect(try probes[1].ask("primitive-lock") == "ok acquired")
            #expect(try probes[0].ask("trylock") == "ok busy")
            #expect(try probes[1].ask("primitive-unlock") == "ok")
            #expect(try probes[0].ask("trylock") == "ok released")
            #expect(try probes[0].ask("destroy forceNoWait") == "ok")
        }

        @Test func `the error of a process without the plugin names what is missing`() throws {
            let (key, probes) = try probes(1, "anderson")
            let failure = try #require(throws: SharedMemoryError.self) { try scratch.handle(key).attach() }
            #expect(failure.code == .lockError)
            #expect(failure.description.contains("\"anderson\"") && failure.description.contains("plugin"))
            #expect(try probes[0].ask("destroy noWait") == "ok")
        }
    }
}
