internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// Two threads of this process that answer each other through two words, each thread bound to a CPU.
///
/// The caller waits for a limited time. A thread that gets no CPU until then ends when it gets one.
@safe final class ThreadPair: Sendable {
    /// The distance between words: x86-64 prefetches pairs of cache lines.
    private static let stride = 256

    private nonisolated(unsafe) let memory = UnsafeMutableRawPointer.allocate(
        byteCount: 3 * ThreadPair.stride, alignment: ThreadPair.stride)
    private let arrivals = Atomic<Int>(0)
    private let mustEnd = Atomic<Bool>(false)
    private let samples = Mutex<[Double]>([])
    /// The time limit, on ``Clock``.
    private let end: UInt64

    private init(end: UInt64) {
        self.end = end
        for number in 0..<3 {
            unsafe (memory + number * Self.stride).initializeMemory(as: Atomic<UInt32>.self, to: Atomic(0))
        }
    }

    deinit { unsafe memory.deallocate() }

    private func word(_ number: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (memory + number * Self.stride).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The word that the asking thread writes.
    var question: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word(0) }
    /// The word that the answering thread writes.
    var answer: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word(1) }
    /// Whether the asking thread has its samples.
    private var isDone: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word(2) }

    /// Whether the threads must end. Cheap enough for a loop that is timed.
    var isOver: Bool { mustEnd.load(ordering: .relaxed) }

    /// Whether the time is over; reads a clock.
    var isLate: Bool { isOver || Clock.now() >= end }

    /// The limit of a wait of the kernel.
    var deadline: Deadline { Deadline(nanoseconds: Int64(end)) }

    /// Runs two loops on two CPUs, which may be the same.
    ///
    /// - Parameters:
    ///   - nanoseconds: the time limit.
    ///   - ask: returns the samples, those until ``isLate`` if it is.
    ///   - reply: returns when ``isOver`` is true.
    /// - Returns: the samples; none if a thread was refused, or got no CPU in time.
    static func samples(
        on cpus: (ask: Int, reply: Int), within nanoseconds: UInt64,
        ask: @escaping @Sendable (ThreadPair) -> [Double], reply: @escaping @Sendable (ThreadPair) -> Void
    ) -> [Double] {
        let pair = ThreadPair(end: Clock.now() + nanoseconds)
        defer { pair.stop() }
        let starts =
            PinnedThread.start(on: cpus.reply) { isPinned in if pair.meet(isPinned) { reply(pair) } }
            && PinnedThread.start(on: cpus.ask) { isPinned in
                let samples = pair.meet(isPinned) ? ask(pair) : []
                pair.samples.withLock { $0 = samples }
                pair.stop()
                unsafe pair.isDone.pointee.store(1, ordering: .releasing)
                unsafe Futex.wake(pair.isDone, count: 1)
            }
        guard starts else { return [] }
        // The asking thread needs a moment to end after the time limit.
        let last = Deadline(nanoseconds: Int64(pair.end) + 10_000_000)
        while unsafe pair.isDone.pointee.load(ordering: .acquiring) == 0, !last.hasPassed {
            _ = unsafe Futex.wait(pair.isDone, while: 0, until: last)
        }
        return pair.samples.withLock { $0 }
    }

    /// Waits for the other thread. Returns whether both are there in time, and bound to their CPUs.
    private func meet(_ isPinned: Bool) -> Bool {
        if !isPinned { stop() }
        arrivals.add(1, ordering: .acquiringAndReleasing)
        while arrivals.load(ordering: .acquiring) < 2 {
            if isLate { return false }
            sched_yield()
        }
        return !isOver
    }

    /// Ends both threads, also one that sleeps in the kernel.
    private func stop() {
        mustEnd.store(true, ordering: .releasing)
        for number in 0..<2 {
            unsafe word(number).pointee.store(.max, ordering: .releasing)
            unsafe Futex.wake(word(number), count: 1)
        }
    }
}
