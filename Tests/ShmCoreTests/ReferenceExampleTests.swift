import Glibc
import ShmCore
import Testing

extension ShmCoreSuite {
    /// Every code example of QSharedMemory's documentation, in Swift and in its order. Where an example uses `qDebug`,
    /// the test fails.
    @Suite struct ReferenceExampleTests {
        let scratch = Scratch()

        @Test func `example of the class: make a handle for a key`() {
            let shared = SharedMemory(key: "My Shared Data")
            #expect(shared.key == "My Shared Data")
            #expect(!shared.isValid)
        }

        @Test func `example of the class: create if it does not exist`() throws {
            let shared = scratch.handle()
            func allocate() -> Bool {
                if !shared.exists {
                    do { try shared.create(size: 128) } catch {
                        Issue.record("Failed to allocate shared memory: \(shared.errorString)")
                        return false
                    }
                }
                return true
            }
            #expect(allocate())
            #expect(shared.exists)
            #expect(shared.size == 128)
            #expect(allocate())
        }

        @Test func `example of the class: attach and write a byte`() throws {
            let shared = try scratch.segment()
            do { try shared.attach() } catch {
                Issue.record("Failed to attach to shared memory: \(shared.errorString)")
            }
            let byteData = try unsafe #require(shared.mutableData)
            unsafe byteData[1] = UInt8(ascii: "a")
            #expect(RawFile.read(shared.key)[1] == UInt8(ascii: "a"))
        }

        @Test func `example of the class: lock, count and unlock`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            for _ in 0..<2 {
                try shared.lock()
                let buffer = try unsafe #require(shared.mutableData).bindMemory(to: Int32.self)
                unsafe buffer[3] += 1
                try shared.unlock()
            }
            #expect(RawFile.read(shared.key)[12..<16] == [2, 0, 0, 0])
        }

        @Test func `example of destroy: destroy after the last detach`() throws {
            let shared = scratch.handle()
            try shared.create(size: 128)
            let user = try scratch.probe(shared)
            try #require(try user.ask("attach readWrite") == "ok")
            // Finished with the shared memory, so now we want to destroy it.
            var waits = 0
            while true {
                do { try shared.lock() } catch {
                    Issue.record("Unable to lock segment: \(shared.errorString)")
                    break
                }
                if !shared.exists {
                    Issue.record("Segment has been destroyed.")
                    break
                }
                if try shared.numAttachments == 0 {
                    // Also destroys the lock.
                    try shared.destroy()
                    break
                }
                try shared.unlock()
                // Wait for all others to detach.
                waits += 1
                try #require(waits < 100)
                if waits == 3 { try #require(try user.ask("detach") == "ok") }
            }
            #expect(waits == 3)
            #expect(!shared.exists)
            #expect(try user.ask("lock").hasPrefix("error lockError"))
        }

        @Test func `example of exists: create with the default size if it does not exist`() throws {
            let sharedMemory = scratch.handle(scratch.key(" Accounting app shared memory"))
            if !sharedMemory.exists {
                do { try sharedMemory.create() } catch {
                    Issue.record("Failed to create shared memory segment: \(sharedMemory.errorString)")
                }
            }
            #expect(sharedMemory.exists)
            #expect(sharedMemory.size == SharedMemory.defaultSize)
        }

        @Test func `example of lock: increase a counter`() throws {
            func increaseCounter(_ shared: SharedMemory, _ counterIndex: Int) -> Bool {
                do { try shared.lock() } catch { return false }
                guard let buffer = unsafe shared.mutableData?.bindMemory(to: Int32.self) else { return false }
                unsafe buffer[counterIndex] += 1
                return (try? shared.unlock()) != nil
            }
            let shared = try scratch.segment()
            try shared.attach()
            #expect(increaseCounter(shared, 2))
            #expect(increaseCounter(shared, 2))
            #expect(RawFile.read(shared.key)[8..<12] == [2, 0, 0, 0])

            try scratch.handle(shared.key).destroy()
            #expect(!increaseCounter(shared, 2))
            #expect(shared.error?.code == .lockError)
            #expect(shared.errorString.contains("destroyed"))
        }
    }
}
