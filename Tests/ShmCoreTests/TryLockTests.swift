import Glibc
@_spi(Bench) import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct TryLockTests {
        let scratch = Scratch()

        /// A failed attempt must not sleep, nor mark the lock as contended.
        @Test func `a failed tryLock leaves a futex word unchanged`() throws {
            let shared = try scratch.segment(lock: .futex)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            let area = RawFile.read(shared.key)
            for _ in 0..<10 { #expect(try shared.tryLock() == nil) }
            #expect(RawFile.read(shared.key) == area)
        }

        @Test func `only the thread that took a robust lock can release it, and another gets an error`() throws {
            let shared = try scratch.segment(lock: .pthreadRobust)
            try shared.lock()
            nonisolated(unsafe) let handle = shared
            nonisolated(unsafe) var code: SharedMemoryError.Code?
            let thread = Thread { unsafe code = handle.failure { unsafe try handle.unlock() }?.code }
            thread.run()
            #expect(unsafe code == .lockError)
            #expect(shared.holdsLock)
            try shared.unlock()
            #expect(try SharedMemory(key: shared.key).tryLock() == .released)
        }

        @Test func `a participant outlives the segment that its handle had open`() throws {
            let handle = try scratch.segment(lock: .futex)
            let participant = try handle.participant(in: FutexLock.self)
            try SharedMemory(key: handle.key).destroy()
            #expect(handle.size == 0)
            #expect(participant.lock() == .acquired)
            participant.unlock()
        }

        @Test func `a point before the clock's origin is in the past`() {
            #expect(Deadline(nanoseconds: -1).hasPassed)
            #expect(Deadline(nanoseconds: .min).remaining == 0)
        }
    }

    /// A thread that runs one closure; `run` returns when the thread has ended.
    private struct Thread {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }

        func run() {
            let box = unsafe Unmanaged.passRetained(Box(body))
            var thread = pthread_t()
            unsafe pthread_create(
                &thread, nil,
                { context in
                    guard let context = unsafe context else { return nil }
                    unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                }, unsafe box.toOpaque())
            pthread_join(thread, nil)
        }
    }

    private final class Box {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
}

extension SharedMemory {
    fileprivate func failure(_ body: () throws -> Void) -> SharedMemoryError? {
        do {
            try body()
            return nil
        } catch { return error as? SharedMemoryError }
    }
}
