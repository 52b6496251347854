internal import CBench
internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics
internal import Synchronization

/// The time that a memory barrier in other processes takes on this machine, ``Membarrier``. Locks without fences in their
/// fast paths execute one when they change their mode.
package struct MembarrierCost: Sendable {
    /// Why this process cannot use it.
    package let obstacle: String?
    /// The median in ns, while this process runs on no other CPU; `nil` if there is an obstacle.
    package let alone: Double?
    /// The median in ns, while a thread of this process runs on another CPU and must be interrupted; `nil` if there is an
    /// obstacle or no other CPU.
    package let interrupting: Double?

    /// The parts, as they are.
    package init(obstacle: String?, alone: Double?, interrupting: Double?) {
        (self.obstacle, self.alone, self.interrupting) = (obstacle, alone, interrupting)
    }

    /// Measures for at most 0.1 s, and waits up to a second for another CPU. Registers this process.
    package init() {
        if let obstacle = Membarrier.obstacle {
            self.init(obstacle: "\(obstacle.reason) (\(obstacle.errno))", alone: nil, interrupting: nil)
            return
        }
        let cpus = (0..<1024).map(Int32.init).filter { bench_may_run_on($0) }
        guard let own = cpus.first, let other = cpus.last, own != other else {
            self.init(obstacle: nil, alone: Self.median(), interrupting: nil)
            return
        }
        _ = bench_pin_to_cpu(own)
        defer { _ = unsafe bench_run_on_any(cpus, Int32(cpus.count)) }
        let alone = Self.median()
        self.init(obstacle: nil, alone: alone, interrupting: BusyThread.run(on: other) { Self.median(while: $0) })
    }

    /// The median over barriers; `nil` if one fails, or if there is no sample. With a thread, only barriers during which
    /// it made progress are samples: the scheduler may have given its CPU to another program.
    private static func median(while thread: BusyThread? = nil) -> Double? {
        var samples: [Double] = []
        let end = Clock.now() + 50_000_000
        while samples.count < 200, Clock.now() < end {
            let progress = thread?.progress
            let start = Clock.now()
            if (try? Membarrier.barrier()) == nil { return nil }
            let time = Clock.now() - start
            if thread == nil || thread?.progress != progress { samples.append(Double(time)) }
        }
        return ShmStatistics.median(samples)
    }
}

/// A thread of this process that keeps a CPU busy.
private final class BusyThread: Sendable {
    private let cpu: Int32
    private let turns = Atomic<UInt64>(0)
    private let mustEnd = Atomic<Bool>(false)

    private init(cpu: Int32) { self.cpu = cpu }

    /// A number that changes all the time while the thread runs.
    var progress: UInt64 { turns.load(ordering: .relaxed) }

    /// Calls the closure while a thread spins on that CPU. Returns `nil` if the machine refuses the thread.
    static func run<Result>(on cpu: Int32, _ body: (BusyThread) -> Result?) -> Result? {
        let thread = BusyThread(cpu: cpu)
        var handle = pthread_t()
        let context = unsafe Unmanaged.passRetained(thread)
        let failure = unsafe pthread_create(
            &handle, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<BusyThread>.fromOpaque(context).takeRetainedValue().spin()
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            unsafe context.release()
            return nil
        }
        // It may have to wait for its CPU, but not without end.
        let patience = Clock.now() + 1_000_000_000
        while thread.progress == 0, Clock.now() < patience { sched_yield() }
        defer {
            thread.mustEnd.store(true, ordering: .releasing)
            pthread_join(handle, nil)
        }
        return body(thread)
    }

    private func spin() {
        _ = bench_pin_to_cpu(cpu)
        while !mustEnd.load(ordering: .acquiring) { turns.add(1, ordering: .relaxed) }
    }
}
