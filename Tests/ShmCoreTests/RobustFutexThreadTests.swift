import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// `robust-futex` keeps two pages and a list node for every thread and handle: whatever threads do, nothing stays.
    ///
    /// All in processes of their own, whose mappings nobody else changes.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil)) struct RobustFutexThreadTests {
        let scratch = Scratch()

        /// Mappings of segments, mappings at all, list nodes: more than before. Threads leave stacks in libc's cache.
        private func footprint(_ answer: String, skipping words: Int = 0) throws -> (
            segments: Int, all: Int, nodes: Int
        ) {
            let numbers = answer.split(separator: " ").dropFirst(1 + words).compactMap { Int($0) }
            try #require(numbers.count == 3, "\(answer)")
            return (numbers[0], numbers[1], numbers[2])
        }

        @Test func `ten thousand threads with a handle each leave nothing`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let grown = try footprint(scratch.probe(shared).ask("threads 10000", within: .seconds(40)))
            #expect(grown.segments == 0)
            #expect(grown.all < 40)
            #expect(grown.nodes == 0)
            #expect(try shared.lock(timeout: .seconds(1)) == .released)
        }

        @Test func `a handle that goes from thread to thread keeps one robust-list entry`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let grown = try footprint(scratch.probe(shared).ask("pass-around 1000", within: .seconds(20)))
            #expect(grown.segments == 0)
            #expect(grown.all < 40)
            #expect(grown.nodes == 0)
        }

        @Test func `a thread that ends with the lock is a dead owner, each time, and leaves nothing`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let answer = try scratch.probe(shared).ask("exit-holding 300", within: .seconds(20))
            #expect(answer.hasPrefix("ok 300 "))
            let grown = try footprint(answer, skipping: 1)
            // The main thread has an entry of its own now.
            #expect(grown.segments <= 2)
            #expect(grown.all < 40)
            #expect(grown.nodes == 1)
        }

        @Test func `a handle that ends on another thread lets go of the segment at once, and of the node later`() throws
        {
            let shared = try scratch.segment(lock: .robustFutex)
            let answer = try scratch.probe(shared).ask("end-elsewhere")
            let numbers = answer.split(separator: " ").dropFirst().compactMap { Int($0) }
            try #require(numbers.count == 5, "\(answer)")
            #expect(numbers[0] == 0, "no mapping of the segment remains when the handle has ended")
            // A node before the thread came by, and one after it, for the other handle: the first has gone.
            #expect(numbers[1] == 101)
            #expect(numbers[2] == 0)
        }

        @Test func `a handle that ends on another thread while that one holds the lock leaves the lock held`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let answer = try scratch.probe(shared).ask("end-held-elsewhere")
            #expect(answer == "ok busy ownerDied")
        }

        @Test func `a process that is killed with 300 locks leaves 300 dead owners`() throws {
            let segments = try (0..<300).map { _ in try scratch.segment(lock: .robustFutex) }
            let owner = try scratch.probe(segments[0])
            let keys = segments.map(\.key).joined(separator: " ")
            #expect(try owner.ask("lock-all \(keys)", within: .seconds(20)) == "ok 300")
            for shared in segments { #expect(try shared.tryLock() == nil) }
            owner.kill()
            for shared in segments {
                #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
                try shared.unlock()
                #expect(try shared.lock(timeout: .seconds(5)) == .released)
                try shared.unlock()
            }
        }

        @Test func `more handles on a thread than it may have entries are a clear error, and disturb none of them`()
            throws
        {
            let shared = try scratch.segment(lock: .robustFutex)
            let probe = try scratch.probe(shared)
            _ = try probe.ask("all-descriptors")
            let answer = try probe.ask("sit-many 1100", within: .seconds(20))
            #expect(answer.hasPrefix("ok \(RobustListEntry.limit - 1) outOfResources"), "\(answer)")
            #expect(answer.contains("\(RobustListEntry.limit)"), "the message says how many: \(answer)")
        }
    }
}
