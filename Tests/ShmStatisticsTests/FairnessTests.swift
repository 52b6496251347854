import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct FairnessTests {
    @Test(arguments: [1, 2, 3, 64, 1000])
    func `equal shares have the index 1`(sharers: Int) {
        #expect(jainIndex(Array(repeating: 17, count: sharers)) == 1)
    }

    @Test(arguments: [1, 2, 3, 64, 1000])
    func `if one takes all, the index is 1 over the number of sharers`(sharers: Int) throws {
        var shares = [Double](repeating: 0, count: sharers)
        shares[sharers / 2] = 1e9
        let index = try #require(jainIndex(shares))
        #expect(abs(index - 1 / Double(sharers)) < 1e-12)
    }

    @Test func `shares of 1, 2 and 3 have the index 36 over 42`() throws {
        let index = try #require(jainIndex([1, 2, 3]))
        #expect(abs(index - 36.0 / 42.0) < 1e-12)
    }

    @Test func `the index does not depend on the shares' unit`() throws {
        let shares: [Double] = [3, 1, 4, 1, 5, 9, 2, 6]
        let index = try #require(jainIndex(shares))
        let scaled = try #require(jainIndex(shares.map { $0 * 1e7 }))
        #expect(abs(index - scaled) < 1e-12)
    }

    @Test func `lock opportunity is the time held and the time free`() throws {
        // Free for 40 of 100: opportunities of 40 and 100.
        let index = try #require(lockOpportunityIndex(held: [0, 60], duration: 100))
        #expect(abs(index - 19_600.0 / (2 * 11_600)) < 1e-12)
        #expect(lockOpportunityIndex(held: [1, 99], duration: 100).map { $0 < 0.52 } == true)
        #expect(lockOpportunityIndex(held: [0, 0], duration: 100) == 1, "all could have had the lock")
        // The holders of a lock that does not exclude overlap.
        #expect(lockOpportunityIndex(held: [100, 100], duration: 100) == 1)
        #expect(lockOpportunityIndex(held: [0, 0], duration: 0) == nil)
    }

    @Test func `shares of zero have no fairness`() {
        #expect(jainIndex([]) == nil)
        #expect(jainIndex([0, 0]) == nil)
        #expect(minMaxRatio([]) == nil)
        #expect(minMaxRatio([0, 0]) == nil)
    }

    @Test func `the ratio is the smallest share over the largest`() {
        #expect(minMaxRatio([5, 5, 5]) == 1)
        #expect(minMaxRatio([8, 2, 4]) == 0.25)
        #expect(minMaxRatio([8, 0]) == 0)
    }
}
