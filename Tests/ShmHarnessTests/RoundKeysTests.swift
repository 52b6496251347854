import ShmHarness
import Testing

@Suite(.timeLimit(.minutes(1))) struct RoundKeysTests {
    @Test(arguments: [1, 4242, Int32.max])
    func `a round's keys tell their coordinator`(coordinator: Int32) {
        let keys = RoundKeys(coordinator: coordinator, round: 17)
        #expect(keys.arena != keys.test)
        for key in [keys.arena, keys.test] {
            #expect(RoundKeys.coordinator(of: key) == coordinator)
            #expect(key.hasPrefix(RoundKeys.prefix(coordinator: coordinator)))
        }
    }

    @Test func `a coordinator's prefix is no other's`() {
        let keys = RoundKeys(coordinator: 123, round: 0)
        #expect(!keys.test.hasPrefix(RoundKeys.prefix(coordinator: 12)))
        #expect(!keys.test.hasPrefix(RoundKeys.prefix(coordinator: 23)))
    }

    @Test func `rounds of a coordinator have keys of their own`() {
        let keys = Set((0..<100).flatMap { [RoundKeys(coordinator: 1, round: $0)] }.flatMap { [$0.arena, $0.test] })
        #expect(keys.count == 200)
    }

    @Test(arguments: [
        "", "shmbench", "shmbench.", "shmbench.1", "shmbench.1.2", "shmbench.1.2.other", "shmbench.1.2.test.more",
        "shmbench.x.2.test", "shmbench.99999999999.2.test", "other.1.2.test", "My Shared Data", "shmbench.1..test",
    ])
    func `a key of somebody else's has no coordinator`(key: String) {
        #expect(RoundKeys.coordinator(of: key) == nil)
    }
}
