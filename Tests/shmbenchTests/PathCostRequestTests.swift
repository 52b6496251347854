import ShmCoordinator
import ShmHarness
import Testing

@testable import ShmRecord

@Suite struct PathCostRequestTests {
    @Test func `a request line keeps the request, and other lines are other requests`() throws {
        let request = PathCostRequest(lock: "robust-futex", repetitions: 3)
        #expect(request.line == "count lock=robust-futex repetitions=3")
        #expect(try PathCostRequest(request.line) == request)
        #expect(try PathCostRequest("lock=futex scenario=default workers=1 round=1") == nil)
        #expect(try PathCostRequest("") == nil)
    }

    @Test(
        arguments: [
            ("count repetitions=3", "missing word lock"), ("count lock=futex", "missing word repetitions"),
            ("count lock=futex repetitions=0", "'0'"), ("count lock=futex repetitions=1e9", "'1e9'"),
        ])
    func `a bad request says what is wrong`(line: String, saying: String) {
        let failure = #expect(throws: Failure.self) { try PathCostRequest(line) }
        #expect(failure?.message.contains(saying) == true)
    }

    @Test func `an unknown lock is refused`() throws {
        let request = try #require(try PathCostRequest("count lock=nonsense repetitions=1"))
        #expect(throws: Failure.self) { try request.kind() }
    }

    @Test func `an answer keeps the costs, and leaves out paths that are unknown here`() {
        let costs = [
            PathCost(.uncontended, instructions: 120...120, systemCalls: 0...0),
            PathCost(.waiter, instructions: 400...417, systemCalls: 2...3),
        ]
        let line = PathCostRequest.line(costs)
        #expect(line == "counted uncontended=120-120/0-0 waiter=400-417/2-3")
        #expect(PathCostRequest.costs(line) == costs)
        #expect(PathCostRequest.costs(line + " of-tomorrow=1-1/0-0") == costs)
    }

    @Test(
        arguments: [
            "", "error: interrupted", "counted uncontended", "counted uncontended=1", "counted uncontended=1-1",
            "counted uncontended=2-1/0-0", "counted uncontended=-5-5/0-0", "counted waiter=1-99999999999999999999/0-0",
        ])
    func `a broken answer is refused`(line: String) {
        #expect(PathCostRequest.costs(line) == nil)
    }
}
