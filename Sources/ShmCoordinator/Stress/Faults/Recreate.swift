internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Destroys and recreates the segment repeatedly, while workers use it through the library's handles.
    public static let recreate = Fault(
        name: "recreate", title: "recr.",
        summary: "the segment is destroyed and recreated repeatedly, under load",
        aim: .disturbance, needs: [],
        play: .apart { (play) throws(RoundFailure) in
            let scene = try play.makeScene(task: "reattach")
            let segment = SharedMemory(key: scene.keys.test)
            for _ in 0..<8 {
                usleep(.random(in: 0...2_000, using: &play.generator))
                if let episode = try play.recreate(segment, scene) { return episode }
            }
            if let hang = try play.stuck(scene) { return Episode(hang: hang) }
            let overlaps = scene.sum { $0.overlaps.load(ordering: .relaxed) }
            return Episode(
                corruption: overlaps > 0 ? "two processes were inside at once, \(counted(overlaps, "time"))" : nil)
        })
}

extension FaultPlay {
    /// Destroys and recreates the segment, and waits for the first owner in it; returns what is wrong, or `nil`.
    fileprivate mutating func recreate(_ segment: SharedMemory, _ scene: StressScene) throws(RoundFailure) -> Episode? {
        let mark: UInt64
        do throws(SharedMemoryError) {
            // One in four waits for the lock, as a well-behaved application would.
            let mode = Int.random(in: 0..<4, using: &generator) == 0 ? SharedMemory.DestroyMode.noWait : .forceNoWait
            try segment.destroy(mode: mode)
            mark = scene.arena.makeMark()
            try segment.create(size: StressData.byteCount, lock: lock)
        } catch {
            return try failure(error, "destroying or creating failed")
        }
        let made = Clock.now()
        let sight = SharedMemory(key: scene.keys.test)
        guard (try? sight.attach()) != nil, let address = unsafe sight.mutableData?.baseAddress else {
            return Episode(corruption: "the new segment cannot be attached to")
        }
        defer { try? sight.detach() }
        let data = unsafe StressData(address)
        let isUsed = try scene.wait(within: patience) { data.seen.mark == mark }
        if !isUsed { return Episode(hang: noProgress(scene)) }
        countRecovery(from: made, to: data.seen.time)
        return nil
    }
}
