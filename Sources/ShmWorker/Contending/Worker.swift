internal import CBench
internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// A worker of a round: it attaches, waits at the barrier, contends and exits.
enum Worker {
    /// - Parameter heapBytes: the number of bytes that this thread has allocated so far.
    static func run(_ starter: Starter, _ numbers: [Int32], heapBytes: @escaping () -> UInt64) -> WorkerExit {
        let (round, worker, workers) = (numbers[0], numbers[1], numbers[2])
        guard starter.dieWithCoordinator() else { return Complaint.refuse() }
        let keys = RoundKeys(run: starter.run, round: Int(round))
        let arenaSegment = SharedMemory(key: keys.arena)
        let testSegment = SharedMemory(key: keys.test)
        do {
            try arenaSegment.attach()
            try testSegment.attach()
        } catch {
            Complaint.say(error.description)
            return .setup
        }
        guard let arena = Arena(arenaSegment, workers: Int(workers)), worker >= 0, worker < workers,
            let data = unsafe testSegment.mutableData?.baseAddress
        else {
            Complaint.say("cannot use the segments of this round: they do not fit its arguments")
            return .setup
        }
        let slot = unsafe arena.slot(Int(worker))
        let cpu = unsafe slot.pointee.cpuPlusOne.load(ordering: .relaxed)
        if cpu > 0 { _ = bench_pin_to_cpu(Int32(cpu) - 1) }
        let work = Contention(
            arena: arena, data: unsafe GuardedData(data), worker: Int(worker), heapBytes: heapBytes)
        do {
            return try work.run(on: testSegment) == nil ? .done : .lock
        } catch {
            Complaint.say(error.description)
            return .setup
        }
    }
}
