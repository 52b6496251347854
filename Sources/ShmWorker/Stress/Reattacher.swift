internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// A worker whose segment is destroyed and created again while it is in use. It uses the library's handle as an
/// application would: when a call fails because the segment is gone, it attaches to the new one.
enum Reattacher {
    static func run(_ starter: Starter, _ numbers: [Int32]) -> WorkerExit {
        StressPlace(starter, numbers).enter { (segment, arena, worker) throws(SharedMemoryError) in
            let slot = unsafe arena.slot(worker)
            let incarnation = unsafe slot.pointee.incarnation.load(ordering: .acquiring)
            let me = StressData.Owner(worker: worker, incarnation: incarnation)
            let recorder = arena.recorder(worker)
            while !arena.isOver {
                let handle = SharedMemory(key: segment.key)
                do throws(SharedMemoryError) { try handle.attach() } catch {
                    // No segment exists, or the new one is not initialised yet.
                    usleep(100)
                    continue
                }
                defer { try? handle.detach() }
                guard let address = unsafe handle.mutableData?.baseAddress else { return EINVAL }
                let data = unsafe StressData(address)
                while !arena.isOver {
                    recorder.record(.wait, at: Clock.now())
                    unsafe slot.pointee.state.store(StressSlot.State.waiting.rawValue, ordering: .releasing)
                    guard (try? handle.lock()) != nil else { break }
                    let acquired = Clock.now()
                    recorder.record(.acquire, at: acquired)
                    data.see(arena.mark, at: acquired)
                    if data.owner != nil { unsafe slot.pointee.overlaps.add(1, ordering: .relaxed) }
                    data.owner = me
                    for counter in 0..<StressData.counters { data.increment(counter) }
                    if data.owner != me { unsafe slot.pointee.overlaps.add(1, ordering: .relaxed) }
                    data.owner = nil
                    unsafe slot.pointee.finished.add(1, ordering: .relaxed)
                    recorder.record(.release, at: Clock.now())
                    guard (try? handle.unlock()) != nil else { break }
                }
            }
            unsafe slot.pointee.state.store(StressSlot.State.done.rawValue, ordering: .releasing)
            return nil
        }
    }
}
