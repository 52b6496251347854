import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// The child of a fork does not own what it inherits.
    @Suite struct ForkTests {
        let scratch = Scratch()

        /// By `fork(3)`, and by `clone(2)`, which bypasses libc's fork handlers.
        static let ways = ["in-child", "in-clone"]

        @Test(arguments: LockKind.excluding, ways)
        func `a child does not hold what its parent holds, and its unlock changes nothing`(
            kind: LockKind, way: String
        ) throws {
            let shared = try scratch.segment(lock: kind)
            let parent = try scratch.probe(shared)
            for attach in [false, true] {
                if attach { try #require(try parent.ask("attach readWrite") == "ok") }
                // Through every path by which a handle can hold a lock.
                for _ in 0..<2 {
                    try #require(try parent.ask("lock") == "ok released")
                    let answer = try parent.ask("\(way) unlock / holds")
                    #expect(answer.hasPrefix("ok error lockError"), "\(answer)")
                    #expect(answer.contains("does not hold") && answer.contains("/ ok false /"), "\(answer)")
                    #expect(try shared.tryLock() == nil)
                    #expect(try parent.ask("unlock") == "ok")
                }
            }
            #expect(try shared.tryLock() == .released)
        }

        @Test(arguments: LockKind.all.filter(\.properties.survivesOwnerDeath), ways)
        func `a child that leaves its parent's critical section does not hide the parent's death`(
            kind: LockKind, way: String
        ) throws {
            let shared = try scratch.segment(lock: kind)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("attach readWrite") == "ok")
            try #require(try parent.ask("lock") == "ok released")
            _ = try parent.ask("\(way) unlock")
            parent.kill()
            #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
        }

        @Test(arguments: LockKind.excluding)
        func `a child and its parent exclude each other`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("attach readWrite") == "ok")
            try #require(try parent.ask("lock") == "ok released")
            #expect(try parent.ask("in-child trylock") == "ok ok busy / 0")
            #expect(try parent.ask("unlock") == "ok")
            #expect(
                try parent.ask("in-child lock / unlock / lock / unlock") == "ok ok released / ok / ok released / ok / 0"
            )
            #expect(try parent.ask("trylock") == "ok released")
        }

        @Test func `the parent stays attached when a child ends or detaches`() throws {
            let shared = try scratch.segment()
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("attach readWrite") == "ok")
            #expect(try parent.ask("in-child count") == "ok ok 1 / 0")
            #expect(try parent.ask("in-child detach / count") == "ok ok / ok 1 / 0")
            #expect(try shared.numAttachments == 1)
            // A child destroys a segment that its parent is attached to as any other process does.
            #expect(try parent.ask("in-child destroy wait").contains("attached"))
            #expect(try parent.ask("in-child detach / destroy noWait") == "ok ok / ok / 0")
            #expect(try parent.ask("exists") == "ok false")
        }

        @Test func `the state of a handle is zeroed in the child, and zero means that it holds nothing`() {
            let fresh = HotState()
            unsafe withUnsafeBytes(of: fresh) { bytes in #expect(unsafe bytes.allSatisfy { $0 == 0 }) }
            #expect(!fresh.holdsLock && !fresh.isAttached)
        }
    }
}
