import Foundation
import ShmCore
import ShmHarness
import Synchronization
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// Stress tests without the command line.
    @Suite struct StressTests {
        @Test func `promises follow from a lock's properties`() {
            #expect(Fault.allCases.allSatisfy { $0.isPromised(by: LockKind.robustFutex.properties) })
            #expect(Fault.allCases.allSatisfy { !$0.isPromised(by: LockKind.noLock.properties) })
            #expect(!Fault.killHolder.isPromised(by: LockKind.futex.properties))
            #expect(Fault.killWaiter.isPromised(by: LockKind.futex.properties))
            #expect(!Fault.killWaiter.isPromised(by: LockKind.mcs.properties))
            #expect(Fault.freezeHolder.isPromised(by: LockKind.mcs.properties))
        }

        @Test func `a verdict names the worst finding, and a hang breaks a promise to survive`() {
            var result = StressResult(.robustFutex, .killHolder)
            #expect(result.verdict == .untried && result.isAsPromised)
            result.episodes = 5
            #expect(result.verdict == .survives)
            result.stalls = 1
            #expect(result.verdict == .stalls && result.isAsPromised)
            result.hangs = 1
            #expect(result.verdict == .hangs && !result.isAsPromised)
            result.corruptions = 1
            #expect(result.verdict == .corrupts && !result.isAsPromised)
            var futex = StressResult(.futex, .killHolder)
            (futex.episodes, futex.hangs) = (5, 2)
            #expect(futex.verdict == .hangs && futex.isAsPromised)
            futex.corruptions = 1
            #expect(!futex.isAsPromised, "a lock that excludes must always exclude")
            var silent = StressResult(.robustFutex, .killHolder)
            (silent.episodes, silent.unreportedDeaths) = (5, 1)
            #expect(silent.verdict == .corrupts && !silent.isAsPromised)
        }

        @Test func `results of two passes add up`() {
            var first = StressResult(.futex, .interrupt)
            (first.episodes, first.kills) = (5, 2)
            first.recovery.add(1000)
            var second = StressResult(.futex, .interrupt)
            (second.episodes, second.hangs) = (3, 1)
            for _ in 0..<2 { second.recovery.add(5000) }
            first.add(second)
            #expect(first.episodes == 8 && first.kills == 2 && first.hangs == 1)
            #expect(first.recovery.count == 3 && first.recovery.longest.map { (4990...5100).contains($0) } == true)
        }

        @Test func `the same seed chooses the same targets`() throws {
            func kills(_ seed: UInt64) throws -> [StressResult] {
                var number = Int.random(in: 1_000_000..<2_000_000)
                var test = StressTest(
                    .robustFutex, workers: 3, seed: seed, program: try WorkerProgram(),
                    numbers: {
                        number += 1
                        return number
                    })
                try test.run(.killHolder, for: 0, atMost: 20, isCounted: true)
                return test.results
            }
            let traces = Traces()
            let results = try kills(7)
            #expect(results.count == 1 && results[0].episodes == 20 && results[0].kills == 20)
            #expect(results[0].verdict == .survives && results[0].reaping.count == 20)
            // The number of repairs shows which points were chosen: two of five leave a half-written update.
            #expect(try kills(7)[0].repaired == results[0].repaired)
            #expect(traces.left() == [])
        }

        @Test func `a successor in a dead owner's slot does not take its own sections for another worker's`() throws {
            let traces = Traces()
            do {
                let scene = try StressScene(
                    .robustFutex, workers: 2, program: try WorkerProgram(), number: .random(in: 2_000_000..<3_000_000))
                let stay = { StressOrder(kind: .hold, stage: .half, id: $0) }
                let holder = try #require(try scene.hold(stay, within: 5_000_000_000))
                // No other worker is left to repair the holder's half-written update.
                _ = scene.kill([1 - holder.worker, holder.worker])
                try scene.start(holder.worker)
                try scene.awaitContending(1)
                #expect(try scene.awaitProgress(within: 5_000_000_000) == [])
                let slot = unsafe scene.arena.slot(holder.worker)
                #expect(unsafe slot.pointee.repaired.load(ordering: .relaxed) == 1)
                #expect(unsafe slot.pointee.reportedDeaths.load(ordering: .relaxed) == 1)
                #expect(unsafe slot.pointee.overlaps.load(ordering: .relaxed) == 0)
            }
            #expect(traces.left() == [])
        }

        @Test func `a trace closes unfinished slices, and escapes names`() throws {
            var trace = ChromeTrace()
            trace.add(
                "a \"b\"",
                [
                    [
                        FlightEvent(time: 1000, kind: .wait), FlightEvent(time: 2500, kind: .acquire),
                        FlightEvent(time: 4000, kind: .release), FlightEvent(time: 4100, kind: .wait),
                        FlightEvent(time: 9000, kind: .deathSeen),
                    ], [],
                ])
            let parsed = try JSONSerialization.jsonObject(with: Data(trace.json.utf8)) as? [String: Any]
            let events = try #require(parsed?["traceEvents"] as? [[String: Any]])
            func event(_ name: String) -> [String: Any]? { events.first { $0["name"] as? String == name } }
            #expect(event("wait")?["ts"] as? Double == 0 && event("wait")?["dur"] as? Double == 1.5)
            #expect(event("hold")?["ts"] as? Double == 1.5 && event("hold")?["dur"] as? Double == 1.5)
            #expect(event("wait, unfinished")?["dur"] as? Double == 4.9)
            #expect((event("process_name")?["args"] as? [String: Any])?["name"] as? String == "a \"b\"")
        }
    }
}
