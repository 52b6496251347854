internal import ShmCore
internal import ShmHarness

/// Where a process of a crash test finds its coordinator, its segments and its slot.
struct CrashPlace {
    let starter: Starter
    let round: Int32
    let process: Int32
    let survivors: Int32

    init(_ starter: Starter, _ numbers: [Int32]) {
        self.starter = starter
        (round, process, survivors) = (numbers[0], numbers[1], numbers[2])
    }

    /// Attaches and does the work; it returns the errno of a lock that failed.
    func enter(_ work: (SharedMemory, CrashArena, GuardedData) throws(SharedMemoryError) -> Int32?) -> WorkerExit {
        guard starter.bind() else { return Complaint.refuse() }
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
                Complaint.say("was given segments that do not fit its arguments")
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
