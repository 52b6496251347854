import Testing

@testable import ShmCoordinator

@Suite(.timeLimit(.minutes(10))) struct PinningTests {
    /// CPUs numbered in order, from (package, core) pairs.
    private func machine(_ places: [(package: Int, core: Int)]) -> [Topology.CPU] {
        places.enumerated().map { Topology.CPU(number: $0, package: $1.package, core: $1.core) }
    }

    /// Two cores of two hardware threads; the second threads follow all first threads, as on most PCs.
    private var threads: [Topology.CPU] { machine([(0, 0), (0, 1), (0, 0), (0, 1)]) }

    /// Two packages of two cores of two hardware threads, one after the other.
    private var packages: [Topology.CPU] {
        machine([(0, 0), (0, 0), (0, 1), (0, 1), (1, 0), (1, 0), (1, 1), (1, 1)])
    }

    /// The same machine, numbered round-robin.
    private var shuffledPackages: [Topology.CPU] {
        machine([(0, 0), (1, 0), (0, 1), (1, 1), (0, 0), (1, 0), (0, 1), (1, 1)])
    }

    @Test func `compact fills a core's hardware threads before the next core`() {
        #expect(Pinning.compact.order(of: threads) == [0, 2, 1, 3])
    }

    @Test func `spread uses every core before any second hardware thread`() {
        #expect(Pinning.spread.order(of: threads) == [0, 1, 2, 3])
    }

    @Test func `compact fills a package before the next`() {
        #expect(Pinning.compact.order(of: packages) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(Pinning.compact.order(of: shuffledPackages) == [0, 4, 2, 6, 1, 5, 3, 7])
    }

    @Test func `spread changes package, then core, then hardware thread`() {
        #expect(Pinning.spread.order(of: packages) == [0, 4, 2, 6, 1, 5, 3, 7])
        #expect(Pinning.spread.order(of: shuffledPackages) == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test func `core numbers need not start at 0, nor be consecutive`() {
        let odd = machine([(3, 8), (3, 40), (9, 2), (9, 17)])
        #expect(Pinning.spread.order(of: odd) == [0, 2, 1, 3])
        #expect(Pinning.compact.order(of: odd) == [0, 1, 2, 3])
    }

    @Test func `packages of different sizes are all used up`() {
        let uneven = machine([(0, 0), (1, 0), (1, 1), (1, 2)])
        #expect(Pinning.spread.order(of: uneven) == [0, 1, 2, 3])
        #expect(Pinning.compact.order(of: uneven) == [0, 1, 2, 3])
    }

    @Test func `none pins no worker`() {
        #expect(Pinning.none.order(of: packages).isEmpty)
        #expect(Pinning.none.assignment(workers: 3) == [nil, nil, nil])
    }

    @Test(arguments: [Pinning.compact, .spread])
    func `workers beyond the number of CPUs start again at the first`(pinning: Pinning) {
        let cpus = Topology.allowed().map(\.number)
        let assignment = pinning.assignment(workers: 2 * cpus.count + 1)
        #expect(assignment.prefix(cpus.count).compactMap(\.self).sorted() == cpus.sorted())
        #expect(assignment[cpus.count] == assignment[0])
        #expect(assignment.last == assignment[0])
    }
}
