import Testing

@testable import ShmCoordinator

/// Which workers get which busy time.
@Suite(.timeLimit(.minutes(10))) struct SectionSharesTests {
    private func shares(_ classes: (weight: Int, busy: Int)...) -> SectionShares? {
        SectionShares(classes.map { .init(weight: $0.weight, busy: $0.busy) })
    }

    @Test func `equal shares have one form, by ascending time`() throws {
        let one = try #require(shares((2, 20_000), (4, 200)))
        #expect(one == shares((2, 200), (1, 20_000)))
        #expect(one.mean(of: [10, 40]) == 20, "two thirds and one third")
        #expect(one.classes.map(\.busy) == [200, 20_000] && one.mean == 6800 && one.longest == 20_000)
    }

    @Test func `one class, too many, equal times and weights outside the limits are refused`() {
        #expect(shares((1, 5)) == nil && shares((1, 5), (2, 5)) == nil && shares((0, 5), (1, 6)) == nil)
        #expect(shares((4097, 5), (1, 6)) == nil && shares((1, 5), (1, -6)) == nil)
        #expect(SectionShares((0..<9).map { .init(weight: 1, busy: $0) }) == nil)
        #expect(SectionShares((0..<8).map { .init(weight: 1, busy: $0) }) != nil)
    }

    @Test func `workers are divided in proportion, by the largest remainder`() throws {
        let even = try #require(shares((1, 0), (1, 9)))
        #expect(even.counts(workers: 2) == [1, 1] && even.counts(workers: 3) == [2, 1])
        #expect(even.counts(workers: 1) == [1, 0] && !even.fits(workers: 1) && even.fits(workers: 2))
        let uneven = try #require(shares((1, 0), (9, 9)))
        #expect(uneven.counts(workers: 10) == [1, 9] && uneven.counts(workers: 100) == [10, 90])
        // A tenth of 4 is less than half a worker.
        #expect(!uneven.fits(workers: 4) && uneven.fits(workers: 5))
        let three = try #require(shares((1, 0), (1, 1), (2, 2)))
        for workers in 1...64 { #expect(three.counts(workers: workers).reduce(0, +) == workers) }
    }

    @Test func `classes alternate, and each CPU with several workers has several classes`() throws {
        let even = try #require(shares((1, 0), (1, 9)))
        #expect(even.assignment(cpus: [nil, nil, nil, nil]) == [0, 1, 0, 1])
        // Workers 0 and 2 share a CPU, and so do 1 and 3.
        #expect(even.assignment(cpus: [0, 1, 0, 1]) == [0, 0, 1, 1])
        let uneven = try #require(shares((1, 0), (3, 9)))
        let assignment = uneven.assignment(cpus: [Int?](repeating: nil, count: 8))
        #expect(assignment.count { $0 == 0 } == 2 && assignment.prefix(4).count { $0 == 0 } == 1)
    }

    @Test func `the assignment has the counts of the division`() throws {
        let shares = try #require(self.shares((2, 0), (3, 1), (7, 2)))
        for workers in 1...40 {
            let assignment = shares.assignment(cpus: (0..<workers).map { $0 % 3 })
            #expect((0..<3).map { index in assignment.count { $0 == index } } == shares.counts(workers: workers))
        }
    }
}
