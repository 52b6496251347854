internal import ShmCore
internal import ShmHarness

/// The coordinator, the segments and the slot of a process of a crash test.
struct CrashPlace {
    let starter: Starter
    let round: Int32
    let process: Int32
    let survivors: Int32

    init(_ starter: Starter, _ numbers: [Int32]) {
        self.starter = starter
        (round, process, survivors) = (numbers[0], numbers[1], numbers[2])
    }

    /// Attaches and runs the body, which returns the errno of a failed lock.
    func enter(_ work: (SharedMemory, CrashArena, GuardedData) throws(SharedMemoryError) -> Int32?) -> WorkerExit {
        guard starter.dieWithCoordinator() else { return Complaint.refuse() }
        let keys = RoundKeys(run: starter.run, round: Int(round))
        let (arenaSegment, testSegment) = (SharedMemory(key: keys.arena), SharedMemory(key: keys.test))
        do {
            try arenaSegment.attach()
            try testSegment.attach()
            guard let arena = CrashArena(arenaSegment, survivors: Int(survivors)), process >= 0, process <= survivors,
                let data = unsafe testSegment.mutableData,
                data.count >= GuardedData.byteCount(counters: CrashArena.counters),
                let address = data.baseAddress
            else {
                Complaint.say("cannot use the segments of this round: they do not fit its arguments")
                return .setup
            }
            let failure = try work(testSegment, arena, unsafe GuardedData(address))
            return failure == nil ? .done : .lock
        } catch {
            Complaint.say(error.description)
            return .setup
        }
    }
}
