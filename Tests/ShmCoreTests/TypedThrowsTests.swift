import ShmCore
import Testing

extension ShmCoreSuite {
    /// What a method with a body throws, depending on what its body throws. The compiler checks the types.
    @Suite struct TypedThrowsTests {
        let scratch = Scratch()

        private enum JobError: SharedMemoryError.Convertible, Equatable {
            case full
            case segment(SharedMemoryError)
            init(_ error: SharedMemoryError) { self = .segment(error) }
        }

        @Test func `a body that does not throw leaves only the segment's error`() throws {
            let shared = scratch.handle()
            func expectFailure(_ call: () throws(SharedMemoryError) -> Void) {
                do throws(SharedMemoryError) { try call() } catch {
                    #expect(error == shared.error)
                    return
                }
                Issue.record("nothing was thrown")
            }
            expectFailure { () throws(SharedMemoryError) in try shared.withLock { _ in } }
            expectFailure { () throws(SharedMemoryError) in try shared.withAttachment { _ in } }
            expectFailure { () throws(SharedMemoryError) in try shared.withBytes { _ in } }
            expectFailure { () throws(SharedMemoryError) in try shared.withMutableBytes { _ in } }
            expectFailure { () throws(SharedMemoryError) in try shared.createOrAttach(size: -1) }
        }

        @Test func `a body's error keeps its type and wraps the segment's`() throws {
            let absent = scratch.handle()
            let shared = try scratch.segment()
            #expect(throws: JobError.full) { try fail(.full, in: shared) }
            #expect(!shared.holdsLock)
            do throws(JobError) { try fail(.full, in: absent) } catch {
                guard case .segment(let failure) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(failure.code == .lockError && absent.error == failure)
            }
        }

        private func fail(_ error: JobError, in shared: SharedMemory) throws(JobError) {
            try shared.withLock { (_) throws(JobError) in throw error }
        }

        @Test func `every method with a body converts`() throws {
            let shared = scratch.handle()
            func expectConversion(_ call: (SharedMemory) throws(JobError) -> Void) {
                do throws(JobError) { try call(shared) } catch {
                    #expect(error == shared.error.map(JobError.segment))
                    return
                }
                Issue.record("nothing was thrown")
            }
            expectConversion { (shared) throws(JobError) in
                try shared.withAttachment { (_) throws(JobError) in throw .full }
            }
            expectConversion { (shared) throws(JobError) in try shared.withBytes { (_) throws(JobError) in throw .full }
            }
            expectConversion { (shared) throws(JobError) in
                try shared.withMutableBytes { (_) throws(JobError) in throw .full }
            }
            expectConversion(initialise)
            #expect(throws: JobError.full) { try initialise(shared, size: 8) }
            #expect(!shared.exists)
        }

        private func initialise(_ shared: SharedMemory) throws(JobError) { try initialise(shared, size: -1) }

        private func initialise(_ shared: SharedMemory, size: Int) throws(JobError) {
            try shared.createOrAttach(size: size) { (_) throws(JobError) in throw .full }
        }
    }
}
