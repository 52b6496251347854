internal import ShmHarness
internal import ShmStatistics
internal import Synchronization

/// The time that a cache line takes from one CPU to another: one thread writes a word in it, and another, which has waited
/// for that in a loop, writes it back.
package struct LineTransfers: Sendable {
    /// Two CPUs, and the time of one way between them.
    package struct Pair: Sendable, Equatable {
        package let first: Int
        package let second: Int
        package let nanoseconds: Double

        package init(_ first: Int, _ second: Int, nanoseconds: Double) {
            (self.first, self.second, self.nanoseconds) = (first, second, nanoseconds)
        }
    }

    /// The pairs that were measured. A pair of which a CPU was busy may be missing.
    package let pairs: [Pair]

    /// The median over the pairs, ns; `nil` without one.
    package var median: Double? { ShmStatistics.median(pairs.map(\.nanoseconds)) }

    package init(pairs: [Pair]) { self.pairs = pairs }

    /// Measures pairs of these CPUs, in about 1 ms each and 0.1 s at most.
    init(cpus: [Int]) {
        var pairs: [Pair] = []
        let end = Clock.now() + 100_000_000
        for (first, second) in Self.chosen(of: cpus) where Clock.now() < end {
            if let time = Self.oneWay(first, second, within: 50_000_000) {
                pairs.append(Pair(first, second, nanoseconds: time))
            }
        }
        self.init(pairs: pairs)
    }

    /// All pairs of up to four CPUs. Of more CPUs, eight pairs, evenly spread over the list of all pairs: hardware threads
    /// of one core, cores that share a cache, and packages count about as often as workers on arbitrary CPUs meet them.
    /// Each call chooses the same.
    static func chosen(of cpus: [Int]) -> [(Int, Int)] {
        let (most, all) = (8, cpus.count * (cpus.count - 1) / 2)
        return (0..<min(all, most)).map { number in
            var second = all <= most ? number : number * (all - 1) / (most - 1)
            var first = 0
            while second >= cpus.count - 1 - first {
                second -= cpus.count - 1 - first
                first += 1
            }
            return (cpus[first], cpus[first + 1 + second])
        }
    }

    /// The least of some series, ns, because a disturbance can only lengthen a series; `nil` if a CPU is not to be had.
    private static func oneWay(_ first: Int, _ second: Int, within nanoseconds: UInt64) -> Double? {
        let (turns, series) = (UInt32(50), 100)
        return ThreadPair.samples(on: (first, second), within: nanoseconds) { pair in
            let word = unsafe pair.question
            var samples: [Double] = []
            var turn: UInt32 = 0
            while samples.count < series, !pair.isLate {
                let start = Clock.now()
                for _ in 0..<turns {
                    unsafe word.pointee.store(turn + 1, ordering: .releasing)
                    turn += 2
                    while unsafe word.pointee.load(ordering: .acquiring) != turn {
                        if pair.isOver { return samples }
                    }
                }
                samples.append(Double(Clock.now() - start) / Double(2 * turns))
            }
            return samples
        } reply: { pair in
            let word = unsafe pair.question
            var turn: UInt32 = 0
            while true {
                while unsafe word.pointee.load(ordering: .acquiring) != turn + 1 { if pair.isOver { return } }
                turn += 2
                unsafe word.pointee.store(turn, ordering: .releasing)
            }
        }.min()
    }
}
