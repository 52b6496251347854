import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct ChurnTests {
        let scratch = Scratch()
        let user = isRoot ? 0x5000_0000 + UInt32(Identity.process) : Identity.user

        @Test(arguments: LockKind.all)
        func `concurrent operations of any kind give plausible results and leave nothing`(kind: LockKind) throws {
            let shared = scratch.handle()
            let probes = try scratch.probes(4, shared)
            if isRoot { for probe in probes { try #require(try probe.ask("user \(user)") == "ok") } }
            for probe in probes { probe.send("churn 3000 \(kind)") }
            for probe in probes { #expect(try probe.answer(within: .seconds(20)) == "ok done") }
            #expect(try ["ok", "error notFound"].contains { try probes[0].ask("destroy forceNoWait").hasPrefix($0) })
            for probe in probes { probe.kill() }
            #expect(!RawFile.exists(shared.key))
            if isRoot {
                #expect(RawFile.names(ofUser: user) == [])
                #expect(SemaphoreSets.made(byUser: user) == [])
            }
        }
    }
}
