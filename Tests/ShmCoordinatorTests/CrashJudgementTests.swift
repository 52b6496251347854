import ShmCore
import ShmHarness
import Testing

@testable import ShmCoordinator

/// The judgement of a kill's evidence. A judge that accepts a broken lock proves nothing.
@Suite struct CrashJudgementTests {
    private let robust = LockKind.pthreadRobust.properties
    private let plain = LockKind.futex.properties

    /// A death in the critical section that was reported, as it must be.
    private var inside: CrashEvidence {
        CrashEvidence(
            section: .within(increments: [1, 1, 0, 0]), heldForCertain: true, freeForCertain: false,
            surplus: [1, 1, 0, 0], reportedDeaths: 1, overlaps: 0, failures: [])
    }

    /// A death before the critical section that was not reported.
    private var outside: CrashEvidence {
        CrashEvidence(
            section: .before, heldForCertain: false, freeForCertain: false, surplus: [0, 0, 0, 0], reportedDeaths: 0,
            overlaps: 0, failures: [])
    }

    private func with(
        _ evidence: CrashEvidence, _ change: (inout CrashEvidence) -> Void
    ) -> CrashEvidence {
        var changed = evidence
        change(&changed)
        return changed
    }

    @Test func `a half-written update of the dead owner is not a corruption`() {
        #expect(inside.corruptions(of: robust) == [])
        #expect(outside.corruptions(of: robust) == [])
    }

    @Test func `an update that appears or disappears after the death is a corruption`() {
        #expect(with(inside) { $0.surplus = [1, 1, 1, 0] }.corruptions(of: robust).count == 1)
        #expect(with(inside) { $0.surplus = [1, 0, 0, 0] }.corruptions(of: robust).count == 1)
        #expect(
            with(inside) { $0.surplus = [.max, 1, 0, 0] }.corruptions(of: robust) == [
                "the target's death left the counters at -1, 1, 0, 0"
            ]
        )
        #expect(with(outside) { $0.surplus = [1, 1, 0, 0] }.corruptions(of: robust).count == 1)
        #expect(with(outside) { $0.surplus = [1, 1, 1, 1] }.corruptions(of: robust).count == 1)
        #expect(with(outside) { $0.surplus = [2, 2, 2, 2] }.corruptions(of: robust).count == 1)
        #expect(with(outside) { $0.surplus = [.max, .max, .max, .max] }.corruptions(of: robust).count == 1)
    }

    @Test func `a complete update must remain`() {
        let complete = with(outside) {
            $0.section = .behind
            $0.surplus = [1, 1, 1, 1]
        }
        #expect(complete.corruptions(of: robust) == [])
        #expect(with(complete) { $0.surplus = [0, 0, 0, 0] }.corruptions(of: robust).count == 1)
        #expect(with(complete) { $0.surplus = [1, 1, 1, 0] }.corruptions(of: robust).count == 1)
    }

    @Test func `a death inside must be reported once, where the lock reports deaths`() {
        let silent = with(inside) { $0.reportedDeaths = 0 }
        #expect(silent.corruptions(of: robust) == ["the owner's death was not reported"])
        #expect(silent.corruptions(of: plain) == [])
        #expect(with(inside) { $0.reportedDeaths = 2 }.corruptions(of: robust) == ["the death was reported 2 times"])
        #expect(with(outside) { $0.reportedDeaths = 1 }.corruptions(of: robust) == [], "it may have held the lock")
    }

    @Test func `the death of a second owner is reported as well, and that of a waiter may be`() {
        let robust = robust
        func corruptions(_ evidence: CrashEvidence, _ others: ClosedRange<UInt64>, reports: UInt64) -> [String] {
            with(evidence) { ($0.otherDeaths, $0.reportedDeaths) = (others, reports) }.corruptions(of: robust)
        }
        let free = with(outside) { $0.freeForCertain = true }
        #expect(corruptions(free, 1...1, reports: 0) == ["the owner's death was not reported"])
        #expect(corruptions(free, 1...1, reports: 1) == [])
        #expect(corruptions(free, 1...1, reports: 2).count == 1)
        #expect(corruptions(outside, 1...1, reports: 2) == [], "the target may have held the lock")
        #expect(corruptions(outside, 1...1, reports: 3) == ["two deaths were reported 3 times"])
        #expect(corruptions(inside, 1...1, reports: 1) == ["the owner's death was not reported"])
        #expect(corruptions(inside, 1...1, reports: 2) == [])
        #expect(corruptions(inside, 0...1, reports: 0) == ["the owner's death was not reported"])
        #expect(corruptions(inside, 0...1, reports: 1) == [])
        #expect(corruptions(free, 0...1, reports: 0) == [])
    }

    @Test func `the death of a process that did not hold the lock must not be reported`() {
        let free = with(outside) { $0.freeForCertain = true }
        #expect(free.corruptions(of: robust) == [])
        #expect(with(free) { $0.reportedDeaths = 1 }.corruptions(of: robust).count == 1)
    }

    @Test func `overlaps and failures are corruptions`() {
        #expect(with(inside) { $0.overlaps = 1 }.corruptions(of: robust).count == 1)
        #expect(with(inside) { $0.failures = [131] }.corruptions(of: robust) == ["the lock failed with errno 131"])
    }

    private func verdict(_ lock: LockKind, hangs: Int = 0, corruptions: Int = 0, complete: Bool = true) -> CrashVerdict
    {
        var tally = CrashTally()
        (tally.kills, tally.hangs, tally.corruptions) = (100, hangs, corruptions)
        return CrashVerdict(lock.properties, tally, isComplete: complete)
    }

    @Test func `one hang or corruption breaks the promise of a lock that survives`() {
        for lock in LockKind.all where lock.properties.survivesOwnerDeath {
            #expect(verdict(lock) == .survives)
            #expect(verdict(lock, hangs: 1) == .brokenPromise)
            #expect(verdict(lock, corruptions: 1) == .brokenPromise)
            #expect(verdict(lock, hangs: 1, complete: false) == .brokenPromise)
            #expect(verdict(lock, complete: false) == .unfinished)
        }
    }

    @Test func `a lock that promises less is judged by its own promises`() {
        #expect(verdict(.futex) == .noHangSeen)
        #expect(verdict(.futex, hangs: 50) == .hangsAsExpected)
        #expect(verdict(.futex, hangs: 50, corruptions: 1) == .corrupts)
        #expect(verdict(.noLock) == .notCaught)
        #expect(verdict(.noLock, corruptions: 50) == .corruptsAsExpected)
        #expect(verdict(.noLock, hangs: 1) == .brokenPromise)
    }

    @Test func `broken promises and corruptions make a run fail, and nothing else does`() {
        let failing = CrashVerdict.allCases.filter { !$0.isAsPromised }
        #expect(failing == [.brokenPromise, .corrupts])
    }
}
