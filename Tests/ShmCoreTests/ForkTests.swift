import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// What the child of a fork inherits is its parent's.
    @Suite struct ForkTests {
        let scratch = Scratch()

        /// By `fork(3)`, and by `clone(2)`, which libc's fork handlers do not notice.
        static let ways = ["in-child", "in-clone"]

        @Test(arguments: LockKind.excluding, ways)
        func `a child does not hold what its parent holds, and its unlock touches nothing`(
            kind: LockKind, way: String
        ) throws {
            let shared = try scratch.segment(lock: kind)
            let parent = try scratch.probe(shared)
            for attach in [false, true] {
                if attach { try #require(try parent.ask("attach readWrite") == "ok") }
                // Through every path that a handle can hold a lock by.
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
        func `a child that has returned from its parent's section does not hide its parent's death`(
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
        func `a child locks for itself, against its parent`(kind: LockKind) throws {
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

        @Test func `a child's end leaves its parent attached, and a child that detaches as well`() throws {
            let shared = try scratch.segment()
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("attach readWrite") == "ok")
            #expect(try parent.ask("in-child count") == "ok ok 1 / 0")
            #expect(try parent.ask("in-child detach / count") == "ok ok / ok 1 / 0")
            #expect(try shared.numAttachments == 1)
            // A child that destroys what its parent is attached to does so as any other process.
            #expect(try parent.ask("in-child destroy wait").contains("attached"))
            #expect(try parent.ask("in-child detach / destroy noWait") == "ok ok / ok / 0")
            #expect(try parent.ask("exists") == "ok false")
        }

        @Test func `memory that a handle keeps its state in is zero in the child, and zero means that nothing is held`()
        {
            let fresh = HotState()
            unsafe withUnsafeBytes(of: fresh) { bytes in #expect(unsafe bytes.allSatisfy { $0 == 0 }) }
            #expect(!fresh.holdsLock && !fresh.isAttached)
        }
    }
}
