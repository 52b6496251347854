import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// The word and the hints beside it, whatever a dead or hostile participant left in them; and where they lie.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil)) struct RobustFutexWordTests {
        let scratch = Scratch()

        private static let waiters: UInt32 = 0x8000_0000
        private static let gone: UInt32 = 0x3fff_ffff
        /// A thread id that no machine gives away: above the kernel's limit of 2²² by far, and not the mark of the gone.
        private static let nobody: UInt32 = 0x2fff_fff0

        private func write(_ value: UInt32, to shared: SharedMemory, before word: Int = 0) {
            let place = RawFile.read(shared.key).count - RobustSeat.wordOffset - word
            RawFile.write((0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }, to: shared.key, at: place)
        }

        private func word(of shared: SharedMemory, before word: Int = 0) -> UInt32 {
            let file = RawFile.read(shared.key)
            let place = file.count - RobustSeat.wordOffset - word
            return (0..<4).reduce(0) { $0 | UInt32(file[place + $1]) << (8 * $1) }
        }

        @Test func `the word holds the owner's thread id, and nothing when it is free`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            #expect(word(of: shared) == 0)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            #expect(word(of: shared) == UInt32(owner.processID))
            try owner.ask("unlock")
            #expect(word(of: shared) == 0)
        }

        @Test func `a mark without a sleeper costs nothing but a look`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            write(Self.waiters, to: shared)
            #expect(try shared.tryLock() == .released)
            try shared.unlock()
            #expect(word(of: shared) == 0)
        }

        @Test func `an heir that is gone holds nobody up for long, and is forgotten`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            for held in [0, Self.waiters] {
                write(Self.nobody, to: shared, before: 4)
                write(held, to: shared)
                let took = try time {
                    #expect(try shared.lock(timeout: .seconds(5)) == .released)
                    try shared.unlock()
                }
                #expect(took < .milliseconds(500))
                // A handle that is bound already leaves it the lock in vain, too, and removes it.
                if held != 0 { #expect(word(of: shared, before: 4) == 0) }
            }
            // Somebody who waits beside a dead heir is woken all the same.
            write(Self.nobody, to: shared, before: 4)
            try shared.lock()
            let waiter = try scratch.probe(shared)
            try waiter.begin("lock")
            try shared.unlock()
            #expect(try waiter.answer(within: .seconds(5)) == "ok released")
            try waiter.ask("unlock")
        }

        @Test(arguments: [UInt32.max, 0x5a5a_5a5a, 1]) func `nonsense in the hints does no harm`(nonsense: UInt32)
            throws
        {
            let shared = try scratch.segment(lock: .robustFutex)
            try shared.attach()
            let others = try scratch.probes(2, shared)
            for place in stride(from: 4, through: 24, by: 4) { write(nonsense, to: shared, before: place) }
            for other in others { other.send("increment 2000 2") }
            for other in others { #expect(try other.answer(within: .seconds(10)) == "ok") }
            let count = unsafe shared.data.unsafelyUnwrapped.withMemoryRebound(to: UInt32.self) { unsafe $0[0] }
            #expect(count == 4000)
        }

        @Test func `a lock that is gone stays gone`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let other = try scratch.probe(shared)
            try #require(try other.ask("lock") == "ok released")
            write(Self.gone, to: shared)
            for command in ["lock", "trylock", "lock-within 20"] {
                #expect(try scratch.probe(shared).ask(command).hasPrefix("error lockError"), "\(command)")
            }
            _ = try other.ask("unlock")
            #expect(word(of: shared) == Self.gone)
        }

        @Test func `a destroyer that was killed with the lock gone and the segment alive is finished by the next`()
            throws
        {
            let shared = try scratch.segment(lock: .robustFutex)
            write(Self.gone, to: shared)
            #expect(try scratch.probe(shared).ask("destroy noWait") == "ok")
            #expect(!shared.exists)
        }

        @Test func `a segment is not destroyed while its lock is held, and its owner's death does not keep it`() throws
        {
            let shared = try scratch.segment(lock: .robustFutex)
            let owner = try scratch.probe(shared)
            let destroyer = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            try destroyer.begin("destroy noWait")
            #expect(try !destroyer.answers(within: .milliseconds(30)))
            owner.kill()
            #expect(try destroyer.answer(within: .seconds(5)) == "ok")
            #expect(!shared.exists)
        }

        /// The sleeper's thread must get its turn although another process takes the lock back again and again.
        @Test func `a waiter is not starved by one that hardly lets go`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let greedy = try scratch.probe(shared)
            greedy.send("increment 30000000 1")
            try #require(try eventually { try shared.lock(timeout: .seconds(2)) != nil })
            try shared.unlock()
            for _ in 0..<20 {
                #expect(try shared.lock(timeout: .seconds(2)) == .released)
                try shared.unlock()
            }
            #expect(try !greedy.answers(within: .zero), "it is still at it")
        }

        // MARK: Where things lie

        @Test func `the node lies where libc's distance puts it`() {
            // glibc on 64-bit machines.
            #expect(RobustSeat.nodeOffset(futexOffset: -32) == 8)
            #expect(RobustSeat.nodeOffset(futexOffset: -40) == 16)
            // Before the page, beyond the seat, unaligned, or on the wrong side.
            for impossible: Int64 in [0, 8, -8, -24, -64, -1 << 40, -33, .min, .max] {
                #expect(RobustSeat.nodeOffset(futexOffset: impossible) == nil, "\(impossible)")
            }
        }

        @Test func `the word ends a page, whatever a page's size, and the lock takes the page up to its end`() {
            let size = SegmentLayout.pageSize
            #expect(size.nonzeroBitCount == 1)
            #expect(SegmentLayout.smallLockOffset + RobustFutexLock.bytesNeeded(participants: 8) == size)
            #expect((size - RobustSeat.wordOffset) % 8 == 0)
        }
    }
}
