import Glibc
import Synchronization
import Testing

@testable import ShmCore

private final class Flag {
    private let value = Atomic(false)
    func set() { value.store(true, ordering: .releasing) }

    /// Returns whether the flag was set within 20 s.
    func wait() -> Bool {
        for _ in 0..<20_000 where !value.load(ordering: .acquiring) { usleep(1000) }
        return value.load(ordering: .acquiring)
    }
}

extension ShmCoreSuite {
    /// `robust-futex` keeps two pages and a list node for every thread and handle: none of them must remain after
    /// the threads and handles end.
    ///
    /// Each test uses a process of its own, whose mappings no other test changes.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil)) struct RobustFutexThreadTests {
        let scratch = Scratch()

        /// Additional mappings of segments, mappings in total, and list nodes. Threads leave stacks in libc's cache.
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

        @Test func `a thread whose attempt failed on another thread's handle locks and unlocks it later`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let other = scratch.handle(shared.key)
            for handle in [shared, other] { try handle.attach() }
            let word = try RobustWord(shared)
            let (hasUsed, mayEnd) = (Flag(), Flag())
            let thread = try OtherThread {
                try shared.lock()
                try shared.unlock()
                hasUsed.set()
                // It lives on, so that its registration is not freed.
                _ = mayEnd.wait()
            }
            defer {
                mayEnd.set()
                try? thread.join()
            }
            #expect(hasUsed.wait())
            try other.lock()
            #expect(try shared.tryLock() == nil)
            try other.unlock()
            word.state = RobustState(bits: RobustState.contended | RobustState.confirmed)
            word.mode = RobustWords.Mode.contended
            #expect(try shared.lock() == .released)
            try shared.unlock()
            #expect(word.value == 0)
        }

        @Test func `a thread that ends while it holds the lock is a dead owner each time, and leaves nothing`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let answer = try scratch.probe(shared).ask("exit-holding 300", within: .seconds(20))
            #expect(answer.hasPrefix("ok 300 "))
            let grown = try footprint(answer, skipping: 1)
            // The main thread now has an entry of its own.
            #expect(grown.segments <= 2)
            #expect(grown.all < 40)
            #expect(grown.nodes == 1)
        }

        @Test func `a handle that ends on another thread frees the segment at once and the node later`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let answer = try scratch.probe(shared).ask("end-elsewhere")
            let numbers = answer.split(separator: " ").dropFirst().compactMap { Int($0) }
            try #require(numbers.count == 5, "\(answer)")
            #expect(numbers[0] == 0, "no mapping of the segment remains when the handle has ended")
            // One node before the thread registers again; one after it, for the other handle: the first was freed.
            #expect(numbers[1] == 101)
            #expect(numbers[2] == 0)
        }

        @Test func `a handle that ends on another thread leaves the lock held`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let answer = try scratch.probe(shared).ask("end-held-elsewhere")
            #expect(answer == "ok busy ownerDied")
        }

        @Test func `a process that is killed with 300 locks is the dead owner of all of them`() throws {
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

        @Test func `more handles on a thread than entries are an error and affect no other handle`()
            throws
        {
            let shared = try scratch.segment(lock: .robustFutex)
            let probe = try scratch.probe(shared)
            _ = try probe.ask("all-descriptors")
            let answer = try probe.ask("sit-many 1100", within: .seconds(20))
            #expect(answer.hasPrefix("ok \(RobustListEntry.limit - 1) outOfResources"), "\(answer)")
            #expect(answer.contains("\(RobustListEntry.limit)"), "the message lacks the limit: \(answer)")
        }
    }
}
