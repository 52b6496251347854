import Foundation
import ShmCore
import ShmHarness
import Synchronization
import TestSupport

@testable import ShmCoordinator

/// A short round for tests, with a number that is unique in this process.
struct TestRound {
    var cell: Cell
    var timing = Timing(
        warmup: 2_000_000, throughput: 50_000_000, latency: 10_000_000, stuckAfter: 20_000_000_000)
    let number = Self.nextNumber.add(1, ordering: .relaxed).newValue

    private static let nextNumber = Atomic<Int>(0)
    private static let speed = Delay.calibrate()

    /// Delays are in ns.
    init(
        _ lock: LockKind, workers: Int, criticalSection: Int = 0, think: Int = 0, counters: Int = 4,
        pinning: Pinning = .none
    ) {
        cell = Cell(
            lock, Load(workers: workers, criticalSection: criticalSection, think: think, pinning: pinning))
        cell.counters = counters
    }

    /// Runs the round to its end, and the body on another thread meanwhile; the body has ended when this returns.
    func run(with program: WorkerProgram? = nil, meanwhile body: (@Sendable () -> Void)? = nil) throws -> RoundResult {
        let other = body.map { body in Thread { body() } }
        defer { while other?.isFinished == false { Thread.sleep(forTimeInterval: 0.001) } }
        var round = try Round(
            cell, timing, number: number, program: try program ?? WorkerProgram(), delays: Self.speed)
        other?.start()
        return try round.run()
    }

    /// The workers' process ids, once all have passed the barrier.
    func awaitContending() -> [pid_t] {
        let segment = SharedMemory(key: RoundKeys(run: ThisRun.id, round: number).arena)
        guard eventually({ (try? segment.attach()) != nil }) else { return [] }
        defer { try? segment.detach() }
        guard let arena = Arena(segment, workers: cell.workers) else { return [] }
        let contending = WorkerSlot.State.contending.rawValue
        let all = eventually {
            (0..<cell.workers).allSatisfy { worker in
                unsafe arena.slot(worker).pointee.state.load(ordering: .acquiring) == contending
            }
        }
        return all ? (0..<cell.workers).compactMap { ProcessTable.worker($0, ofRound: number) } : []
    }

    /// Stops one worker while the owner word says that it is inside (or that no worker is); returns which.
    func stopWorker(inside: Bool) -> Int? {
        let workers = awaitContending()
        let segment = SharedMemory(key: RoundKeys(run: ThisRun.id, round: number).test)
        guard workers.count == cell.workers, (try? segment.attach(mode: .readOnly)) != nil else { return nil }
        defer { try? segment.detach() }
        func owner() -> Int? { unsafe segment.data.map { unsafe Int($0.load(as: UInt32.self)) - 1 } }
        var stopped: Int?
        _ = eventually {
            guard let found = owner(), inside == (found >= 0) else { return false }
            let worker = max(found, 0)
            kill(workers[worker], SIGSTOP)
            let isStill = eventually { ProcessTable.state(of: workers[worker]) == "T" } && owner() == found
            if isStill { stopped = worker } else { kill(workers[worker], SIGCONT) }
            return isStill
        }
        return stopped
    }
}
