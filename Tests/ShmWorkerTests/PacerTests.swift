import ShmHarness
import Testing

@testable import ShmWorker

@Suite(.timeLimit(.minutes(1))) struct PacerTests {
    @Test(arguments: [UInt64(0), 1, 42, .max])
    func `no worker's random times are those of another one, shifted`(seed: UInt64) {
        let step: UInt64 = 0x9e37_79b9_7f4a_7c15
        var near: Set<UInt64> = []
        for worker in 0..<64 {
            for phase in [Phase.throughput, .latency, .order] {
                let start = Pacer.start(seed, worker: worker, phase: phase)
                #expect(!near.contains(start), "worker \(worker) starts within another's next thousand numbers")
                for ahead in UInt64(0)..<1000 { near.insert(start &+ ahead &* step) }
            }
        }
    }
}
