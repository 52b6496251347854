import ShmCoordinator
import Testing

@testable import ShmRecord

/// Which rates a capacity search tries.
@Suite(.timeLimit(.minutes(10))) struct CapacitySearchTests {
    /// The rates that are tried for a lock that sustains rates up to a limit.
    private func rates(closed: Double, least: Double, limit: Double) -> (tried: [Double], search: CapacitySearch) {
        var search = CapacitySearch(closed: closed, least: least)
        var tried: [Double] = []
        while let rate = search.rate, tried.count < 100 {
            tried.append(rate)
            search.note(passes: rate <= limit)
        }
        return (tried, search)
    }

    @Test(arguments: [1e8, 3e6, 20_000]) func `the limit is found within a tenth`(limit: Double) {
        let (tried, search) = rates(closed: 2e8, least: 11_000, limit: limit)
        #expect(search.low <= limit && search.high >= limit && search.high <= 1.1 * search.low)
        #expect(tried.count < 20 && tried.allSatisfy { $0 >= 11_000 })
    }

    @Test func `no rate with too few arrivals for p99 is tried`() {
        #expect(rates(closed: 2e8, least: 11_000, limit: 100).tried.last == 11_000)
        let (tried, search) = rates(closed: 15_000, least: 11_000, limit: 100)
        #expect(tried == [11_000] && search.low == 0 && search.high == 11_000)
        #expect(rates(closed: 9000, least: 11_000, limit: 100).tried.isEmpty)
        // p99 needs 1000 arrivals; of 1095 on average, a Poisson process hardly ever has fewer.
        #expect(abs(CapacitySearch.least(window: 100_000_000) - 10_949) < 1)
    }
}
