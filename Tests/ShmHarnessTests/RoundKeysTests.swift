import ShmHarness
import Testing

@Suite(.timeLimit(.minutes(10))) struct RoundKeysTests {
    private static let run = RunID.random()

    @Test(arguments: 0..<50)
    func `a run's text is parsed as that run, and with any change as none`(_: Int) throws {
        let run = RunID.random()
        #expect(RunID(run.description) == run)
        #expect(run.description.utf8.count == 20)
        // With another digit at any position.
        for place in 0..<20 {
            var digits = Array(run.description)
            digits[place] = digits[place] == "7" ? "8" : "7"
            #expect(RunID(String(digits)) == nil, "\(String(digits))")
        }
    }

    @Test(arguments: [
        "", "1", "0000000000000000", "00000000000000000000", "1234567890", "deadbeefdeadbeefdead",
        "+000000000000000abcd",
        "x" + run.description, run.description + "0", run.description.uppercased() + "A", " \(run)",
    ])
    func `other text is not a run`(text: String) { #expect(RunID(text) == nil) }

    @Test func `a round's keys contain their run`() {
        let keys = RoundKeys(run: Self.run, round: 17)
        #expect(keys.arena != keys.test)
        for key in [keys.arena, keys.test, RoundKeys.life(run: Self.run, "with-10")] {
            #expect(RoundKeys.run(of: key) == Self.run)
            #expect(RoundKeys.coordinator(of: key) == nil)
            #expect(key.hasPrefix(RoundKeys.prefix(run: Self.run)))
            #expect(RunLease.run(ofName: key) == nil)
        }
        #expect(RunLease.run(ofName: RunLease.name(of: Self.run)) == Self.run)
    }

    @Test func `different rounds and runs have different keys`() {
        let runs = [Self.run, RunID.random()]
        let keys = Set(
            runs.flatMap { run in (0..<100).map { RoundKeys(run: run, round: $0) } }.flatMap { [$0.arena, $0.test] })
        #expect(keys.count == 400)
    }

    @Test(arguments: [1, 4242, Int32.max])
    func `a key of the first version contains its coordinator`(coordinator: Int32) {
        for key in ["shmbench.\(coordinator).3.arena", "shmbench.\(coordinator).life.with-10"] {
            #expect(RoundKeys.coordinator(of: key) == coordinator)
            #expect(RoundKeys.run(of: key) == nil)
        }
    }

    @Test(arguments: [
        "", "shmbench", "shmbench.", "shmbench.1", "shmbench.1.2", "shmbench.1.2.other", "shmbench.1.2.test.more",
        "shmbench.x.2.test", "shmbench.99999999999.2.test", "other.1.2.test", "My Shared Data", "shmbench.1..test",
        "shmbench.-1.2.test", "shmbench.0.2.test", "shmbench.01.2.test", "shmbench.+1.2.test", "shmbench.1.x.test",
        "shmbench.1.02.test", "shmbench..1.2.test", "shmbench.\(run)", "shmbench.\(run).2", "shmbench.\(run).2.other",
        "shmbench.\(run).2.test.more", "shmbench.x\(run).2.test", "shmbench.00000000000000000000.0.arena",
    ])
    func `another program's key has neither`(key: String) {
        #expect(RoundKeys.coordinator(of: key) == nil)
        #expect(RoundKeys.run(of: key) == nil)
    }
}
