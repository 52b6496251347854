@_spi(Bench) import ShmCore
import Testing

extension ShmCoreSuite {
    /// Locks with a shared mode.
    @Suite struct ReaderTests {
        let scratch = Scratch()
        private static let sharing = LockKind.all.filter(\.properties.sharesReaders)

        /// A lock's shared mode, without its type.
        private struct Sides {
            var beginRead: (inout UInt64) -> LockOutcome
            var endRead: (UInt64) -> Bool
            var tryLock: () -> LockOutcome
            var unlock: () -> Void
        }

        private struct Finder: LockVisitor {
            let shared: SharedMemory
            var found: Result<Sides, any Error>?

            mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
                guard shared.lockKind?.name == L.properties.name else { return }
                found = Result {
                    let box = Box(try shared.participant(in: L.self))
                    return Sides(
                        beginRead: { box.lock.beginRead(&$0) }, endRead: { box.lock.endRead($0) },
                        tryLock: { box.lock.tryLock() }, unlock: { box.lock.unlock() })
                }
            }
        }

        private final class Box<L: LockPrimitive & ~Copyable> {
            let lock: L
            init(_ lock: consuming L) { self.lock = lock }
        }

        private func participant(_ shared: SharedMemory) throws -> Sides {
            var finder = Finder(shared: shared)
            LockCatalogue.visit(&finder)
            return try #require(try finder.found?.get())
        }

        @Test(arguments: sharing)
        func `readers share the lock and exclude a writer`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let (one, other, writer) = (try participant(shared), try participant(shared), try participant(shared))
            for _ in 0..<3 {
                var (first, second) = (UInt64(0), UInt64(0))
                try #require(one.beginRead(&first) == .acquired)
                try #require(other.beginRead(&second) == .acquired)
                if writer.tryLock() == .acquired {
                    // Only for locks whose readers validate afterwards.
                    writer.unlock()
                    #expect(!one.endRead(first))
                    #expect(!other.endRead(second))
                } else {
                    #expect(one.endRead(first))
                    #expect(writer.tryLock() == .busy)
                    #expect(other.endRead(second))
                }
                #expect(writer.tryLock() == .acquired)
                writer.unlock()
            }
        }

        @Test(arguments: LockKind.excluding.filter { !$0.properties.sharesReaders && $0.properties.threads })
        func `a lock without a shared mode excludes readers too`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let (reader, writer) = (try participant(shared), try participant(shared))
            var begun: UInt64 = 0
            try #require(reader.beginRead(&begun) == .acquired)
            #expect(writer.tryLock() == .busy)
            #expect(reader.endRead(begun))
            #expect(writer.tryLock() == .acquired)
            writer.unlock()
        }
    }
}
