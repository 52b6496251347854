import ArgumentParser
import ShmCore
import ShmHarness
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// Sentences on promises cover only what was tested.
@Suite(.timeLimit(.minutes(10))) struct PromiseTests {
    private func result(
        _ lock: LockKind, _ fault: Fault, _ change: (inout StressResult) -> Void = { $0.episodes = 3 }
    ) -> StressResult {
        var result = StressResult(lock, fault)
        for exercise in Exercise.allCases { result.exercises.add(exercise, 1) }
        change(&result)
        return result
    }

    private func matrix(_ results: [StressResult], _ kinds: [LockKind], _ faults: [Fault]) -> SurvivalMatrix {
        SurvivalMatrix(results: results, kinds: kinds, faults: faults, startedAt: 0, seed: 1, workers: 4)
    }

    private func words(_ matrix: SurvivalMatrix) -> String {
        matrix.text(markdown: true).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func `without a tested fault, no promise is confirmed`() throws {
        let nothing = matrix([result(.futex, .killHolder) { _ in }], [.futex, .flock], [.killHolder])
        #expect(words(nothing).hasPrefix("Nothing was tested") && !nothing.hasTried)
        for text in [words(nothing), nothing.text(markdown: false)] { #expect(!text.contains("kept its promises")) }
        let impossible = matrix([result(.futex, .fillShm) { $0.obstacle = "no mounts" }], [.futex], [.fillShm])
        #expect(words(impossible).contains("no mounts") && !impossible.hasTried)
    }

    @Test func `a complete test confirms all promises`() throws {
        let all = matrix(
            [result(.futex, .killHolder), result(.futex, .fork), result(.flock, .killHolder), result(.flock, .fork)],
            [.futex, .flock], [.killHolder, .fork])
        #expect(words(all).contains("Every lock kept its promises.") && !words(all).contains("Not tested"))
        // A later pass was impossible on this machine.
        var short = all
        short.wasCutShort = true
        #expect(!words(short).contains("kept its promises"))
        #expect(words(short).contains("No lock broke a promise; 2 of 2 locks were tested."))
        // Another sentence names faults that this machine does not support.
        let some = matrix(
            [result(.futex, .fork), result(.futex, .fillShm) { $0.obstacle = "no mounts" }], [.futex],
            [.fork, .fillShm])
        #expect(
            words(some).contains("Every lock kept its promises.") && words(some).contains("n/a: fill-shm: no mounts"))
    }

    @Test func `an incomplete test names the rest`() throws {
        let part = matrix([result(.futex, .killHolder)], [.futex, .flock, .tas], [.killHolder, .fork])
        let text = words(part)
        #expect(text.contains("No lock broke a promise; 1 of 3 locks were tested."))
        #expect(text.contains("Not tested: flock, tas; futex under fork."))
        #expect(!text.contains("kept its promises"))
        // Documents for programs have the rest, too.
        let rows = try Table(rendered(Report(part), "csv")).rows
        #expect(rows.count == 6 && rows.count { $0["verdict"] == "-" } == 5)
        for row in rows { #expect(row["as_promised"] == (row["episodes"] == "0" ? "" : "yes")) }
    }

    @Test func `the report names the broken promise, not an expected failure`() throws {
        let both = result(.futex, .killHolder) {
            $0.episodes = 2
            $0.hangs = 1
            $0.noteHang("worker 1 waits")
            $0.corruptions = 1
            $0.noteCorruption("two were inside")
        }
        #expect(both.breach == "two were inside")
        #expect(words(matrix([both], [.futex], [.killHolder])).contains("under kill-holder: two were inside."))
        let silent = result(.flock, .killHolder) { ($0.episodes, $0.unreportedDeaths) = (1, 1) }
        #expect(silent.breach?.contains("not reported") == true)
        #expect(result(.futex, .killHolder) { ($0.episodes, $0.hangs) = (1, 1) }.breach == nil)
    }

    @Test func `the tables of all faults fit 80 columns with the longest name and verdict`() throws {
        let lock = try #require(LockKind.all.max { $0.name.count < $1.name.count })
        let results = Fault.allCases.map { result(lock, $0) { ($0.episodes, $0.corruptions) = (1, 1) } }
        let text = matrix(results, [lock], Fault.allCases).text(markdown: false)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(text)")
        #expect(lines.contains("Other faults, continued") && text.contains("UNSAFE!"))
        for fault in Fault.allCases where fault.exercise == nil { #expect(text.contains(fault.title), "\(fault.name)") }
    }

    // MARK: Crash tests

    private func crash(_ lock: LockKind, isComplete: Bool = true, _ change: (inout CrashTally) -> Void = { _ in })
        -> CrashResult
    {
        var (result, tally) = (CrashResult(lock: lock), CrashTally())
        tally.kills = 10
        change(&tally)
        result.paths = [(.holder, tally)]
        result.isComplete = isComplete
        return result
    }

    private func words(_ results: [CrashResult]) throws -> String {
        CrashTable.text(results, CrashConditions(workers: 3, every: 1, paths: [.holder, .barger])).split(
            whereSeparator: \.isWhitespace
        ).joined(
            separator: " ")
    }

    @Test func `a crash test confirms only complete tests`() throws {
        #expect(try words([crash(.flock), crash(.robustFutex)]).contains("Every lock that promises to survive"))
        let part = try words([crash(.flock), crash(.robustFutex, isComplete: false), CrashResult(lock: .ofdRecord)])
        #expect(part.contains("1 of 3 locks that promise to survive") && !part.contains("Every lock"))
        #expect(part.contains("Incomplete: robust-futex.") && part.contains("Not tested: ofd-record."))
        #expect(CrashResult(lock: .flock).words == "not tried" && !CrashResult(lock: .flock).isKnown)
    }

    @Test func `a crash test says of each path why it was not tested`() throws {
        let text = try words([crash(.flock), crash(.futex, isComplete: false)])
        #expect(text.contains("barger of flock, futex (the test ended first)"), "\(text)")
        #expect(text.contains("first-use") && text.contains(" (left out by --paths)"))
        #expect(text.ranges(of: "left out by").count == 1, "\(text)")
    }

    @Test func `a missed deadline is not an owner's death`() throws {
        let late = try words([crash(.robustFutex) { ($0.hangs, $0.missedDeadlines) = (3, 3) }])
        #expect(
            late.contains("robust-futex breaks its promise: a wait did not end at its deadline, 3 times"), "\(late)")
        #expect(!late.contains("owner's death and did not"))
        let both = try words([crash(.robustFutex) { ($0.hangs, $0.missedDeadlines) = (3, 1) }])
        #expect(
            both.contains("a live process hung after 2 of 10 kills, and a wait did not end at its deadline, 1 time"))
    }

    @Test func `a control is not praised`() throws {
        let conditions = CrashConditions(workers: 3, every: 1, paths: [.holder])
        let control = crash(.noLock) { $0.corruptions = 3 }
        let alone = try rendered(Report([control], conditions), "github")
        #expect(alone.contains("::warning title=shmbench::no lock was tested, only controls"), "\(alone)")
        #expect(!alone.contains("kept its promises") && alone.contains("::notice title=none::"))
        let beside = try rendered(Report([control, crash(.robustFutex)], conditions), "github")
        #expect(beside.contains("::1 lock kept its promises"), "\(beside)")
        #expect(words(matrix([result(.noLock, .interrupt)], [.noLock], [.interrupt])).hasPrefix("**Other faults**"))
        #expect(
            words(matrix([result(.noLock, .interrupt)], [.noLock], [.interrupt]))
                .contains("No lock was tested, only controls."))
    }

    @Test func `a crash test names the broken promise`() throws {
        let hung = try words([crash(.flock) { $0.hangs = 2 }])
        #expect(hung.contains("hung after 2 of 10 kills") && !hung.contains("were wrong"))
        let corrupt = try words([crash(.flock) { $0.corruptions = 3 }])
        #expect(corrupt.contains("were wrong after 3 of 10 kills") && !corrupt.contains("process hung"))
        let expected = crash(.futex) {
            ($0.hangs, $0.corruptions) = (6, 1)
            $0.findings = ["hang", "hang"]
            $0.corruptionFindings = ["two met"]
        }
        #expect(expected.breaches == ["two met"])
        #expect(try !words([expected]).contains("process hung"))
        #expect(crash(.futex) { ($0.hangs, $0.findings) = (6, ["hang"]) }.breaches == [])
    }

    // MARK: Comparisons

    @Test func `a comparison of nothing is not a success`() {
        let nothing = Findings(base: "a", candidate: "b", cells: [], falseAlarms: 0.01, startedAt: 0, seed: nil)
        #expect(nothing.status == .failed && FindingsText.verdict(nothing).hasPrefix("NOTHING COMPARED"))
        var heap = MetricFinding(metric: .heap, threshold: 0)
        heap.word = .missing
        var integrity = MetricFinding(metric: .integrity, threshold: 0)
        integrity.word = .equivalent
        let cell = CellFinding(load: load(), baseLock: "futex", candidateLock: "futex", metrics: [heap, integrity])
        #expect(cell.word == .undecided, "what was asked for was not measured")
    }
}
