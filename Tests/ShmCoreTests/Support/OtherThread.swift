import Glibc

/// A dedicated thread, which no pool shares: locks belong to threads.
final class OtherThread {
    private final class Body {
        let run: () throws -> Void
        var failure: (any Error)?

        init(_ run: @escaping () throws -> Void) { self.run = run }
    }

    private let body: Body
    private var thread = pthread_t()

    init(_ run: @escaping () throws -> Void) throws {
        body = Body(run)
        let context = unsafe Unmanaged.passRetained(body).toOpaque()
        let failure = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                do { try body.run() } catch { body.failure = error }
                return nil
            }, context)
        guard failure == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(context).release()
            throw Probe.Failure.notStarted(errno: failure)
        }
    }

    /// Waits for the thread's end, and throws its error.
    func join() throws {
        _ = pthread_join(thread, nil)
        if let failure = body.failure { throw failure }
    }
}
