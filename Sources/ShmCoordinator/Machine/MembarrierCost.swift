internal import CBench
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
    /// obstacle, no other CPU, or too little time on it.
    package let interrupting: Double?

    /// The parts, as they are.
    package init(obstacle: String?, alone: Double?, interrupting: Double?) {
        (self.obstacle, self.alone, self.interrupting) = (obstacle, alone, interrupting)
    }

    /// Measures for about 20 ms, and for 0.2 s where other programs use the CPUs. Registers this process.
    package init() {
        if let obstacle = Membarrier.obstacle {
            self.init(obstacle: "\(obstacle.reason) (\(obstacle.errno))", alone: nil, interrupting: nil)
            return
        }
        let end = Clock.now() + 40_000_000
        let alone = Self.samples(while: { Clock.now() < end }, isSample: { true })
        let cpus = (0..<1024).filter { bench_may_run_on(Int32($0)) }
        guard let own = cpus.first, let other = cpus.last, own != other else {
            self.init(obstacle: nil, alone: median(alone), interrupting: nil)
            return
        }
        let interrupting = ThreadPair.samples(on: (own, other), within: 150_000_000) { pair in
            // Only barriers during which the other thread made progress are samples: the scheduler may have given its CPU
            // to another program.
            var seen: UInt32 = 0
            return Self.samples(
                while: { !pair.isLate },
                isSample: {
                    let progress = unsafe pair.answer.pointee.load(ordering: .relaxed)
                    defer { seen = progress }
                    return progress != seen
                })
        } reply: { pair in
            while !pair.isOver { unsafe pair.answer.pointee.wrappingAdd(1, ordering: .relaxed) }
        }
        // Of a few, most were interrupted.
        self.init(
            obstacle: nil, alone: median(alone), interrupting: interrupting.count < 10 ? nil : median(interrupting))
    }

    /// The times of up to 200 barriers, in ns; none if one fails.
    private static func samples(while goesOn: () -> Bool, isSample: () -> Bool) -> [Double] {
        var samples: [Double] = []
        while samples.count < 200, goesOn() {
            _ = isSample()
            let start = Clock.now()
            if (try? Membarrier.barrier()) == nil { return [] }
            let time = Clock.now() - start
            if isSample() { samples.append(Double(time)) }
        }
        return samples
    }
}
