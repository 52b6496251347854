import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

@testable import shmbench

/// The progress of a run.
@Suite(.timeLimit(.minutes(10))) struct ProgressTests {
    private static func names(_ loads: [Load]) -> [String] {
        let cells = loads.map { Cell(.mcs, $0) }
        return cells.map(Progress(rounds: 1, cells: cells).name)
    }

    @Test func `a cell has the parameters in which the loads of the run differ`() {
        #expect(Self.names([Load(workers: 1), Load(workers: 2)]) == ["mcs × 1", "mcs × 2"])
        #expect(
            Self.names([Load(workers: 2, think: 1000), Load(workers: 2, criticalSection: 100, think: 1000)])
                == ["mcs × 2, critical section 0ns", "mcs × 2, critical section 100ns"])
    }

    @Test func `bursts are named with their size`() {
        var open = Load(workers: 2)
        (open.spacing, open.rate) = (.poisson, 20_000)
        var bursts = open
        (bursts.spacing, bursts.burst) = (.burst, 16)
        let name = "mcs × 2 at 20.0 k/s"
        #expect(Self.names([open, bursts]) == ["\(name), poisson", "\(name), in bursts of 16"])
    }

    @Test func `scenarios are named where there are several`() {
        var other = Load(workers: 2)
        other.scenario = "queue"
        #expect(Self.names([Load(workers: 2), other]) == ["default: mcs × 2", "queue: mcs × 2"])
    }
}
