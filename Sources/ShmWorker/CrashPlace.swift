internal import CShm
internal import Glibc
internal import ShmCore
internal import ShmHarness

/// Where a process of a crash test finds its coordinator, its segments and its slot.
struct CrashPlace {
    let coordinator: Int32
    let round: Int32
    let process: Int32
    let survivors: Int32

    init(_ numbers: [Int32]) {
        (coordinator, round, process, survivors) = (numbers[0], numbers[1], numbers[2], numbers[3])
    }

    /// Attaches and does the work; it returns the errno of a lock that failed.
    func enter(_ work: (SharedMemory, CrashArena, GuardedData) throws(SharedMemoryError) -> Int32?) -> WorkerExit {
        // Dies with its coordinator. One that died before this call is noticed by the second line.
        _ = shm_die_with_parent()
        guard getppid() == coordinator else {
            WorkerProgram.complain("is started by shmbench and does nothing by itself; try `shmbench run`")
            return .usage
        }
        let keys = RoundKeys(coordinator: coordinator, round: Int(round))
        let (arenaSegment, testSegment) = (SharedMemory(key: keys.arena), SharedMemory(key: keys.test))
        do {
            try arenaSegment.attach()
            try testSegment.attach()
            guard let arena = CrashArena(arenaSegment, survivors: Int(survivors)), process >= 0, process <= survivors,
                let data = unsafe testSegment.mutableData,
                data.count >= GuardedData.byteCount(counters: CrashArena.counters),
                let address = data.baseAddress
            else {
                WorkerProgram.complain("was given segments that do not fit its arguments")
                return .setup
            }
            let failure = try work(testSegment, arena, unsafe GuardedData(address))
            return failure == nil ? .done : .lock
        } catch {
            WorkerProgram.complain(error.description)
            return .setup
        }
    }
}
