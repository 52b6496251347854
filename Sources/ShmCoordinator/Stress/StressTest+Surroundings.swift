internal import CBench
internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

// Faults of what is around the workers: the segment, /dev/shm, the coordinator.
extension StressTest {
    /// Why a fault cannot be tried on this machine.
    func obstacle(_ fault: Fault) -> String? {
        switch fault {
        case .lowerPriority where geteuid() != 0: "only root may raise a priority again"
        case .killCoordinator where lock.properties.family == .plugin:
            "a second coordinator would have to load the plugin"
        default: fault.exercise?.absence(in: lock.properties)
        }
    }

    /// Destroys the segment and makes it anew, again and again, while workers use it through the library's handles.
    mutating func recreate(_ result: inout StressResult) throws(RoundFailure) -> Episode {
        let fleet = try StressFleet(lock, workers: workers, program: program, number: numbers(), task: "resettle")
        let segment = SharedMemory(key: fleet.keys.test)
        for _ in 0..<8 {
            usleep(.random(in: 0...2_000, using: &generator))
            let mark: UInt64
            let made: UInt64
            do throws(SharedMemoryError) {
                // One in four waits for the lock, as an orderly application would.
                let mode =
                    Int.random(in: 0..<4, using: &generator) == 0 ? SharedMemory.DestroyMode.noWait : .forceNoWait
                try segment.destroy(mode: mode)
                mark = fleet.arena.makeMark()
                try segment.create(size: StressData.byteCount, lock: lock)
                made = Clock.now()
            } catch {
                return try fault(error, "destroying or creating failed")
            }
            // The first one in the new segment.
            let sight = SharedMemory(key: fleet.keys.test)
            guard (try? sight.attach()) != nil, let address = unsafe sight.mutableData?.baseAddress else {
                return Episode(corruption: "the new segment cannot be attached to")
            }
            defer { try? sight.detach() }
            let data = unsafe StressData(address)
            let deadline = Patience.after(nanoseconds: Int64(patience(.recreate)))
            var pause = Pause()
            while data.seen.mark != mark {
                if deadline.hasPassed || fleet.unexpectedEnd() != nil { return Episode(hang: nobody(fleet)) }
                if Interruption.hasCome { throw .interrupted }
                pause.take()
            }
            result.recovery.add(data.seen.time > made ? data.seen.time - made : 0)
        }
        if let hang = try stuck(fleet, patience(.recreate)) { return Episode(hang: hang) }
        let overlaps = fleet.sum { $0.overlaps.load(ordering: .relaxed) }
        return Episode(corruption: overlaps > 0 ? "two were inside at once, \(overlaps) times" : nil)
    }

    /// In a /dev/shm of its own, which is small and then full: what is attached goes on, and what is made anew says why it
    /// cannot be.
    mutating func fillShm(_ result: inout StressResult) throws(RoundFailure) -> Episode {
        let folder = FilePath("/dev/shm")
        let here = unsafe getcwd(nil, 0)
        defer { unsafe free(here) }
        let outside = unsafe bench_enter_private_tmpfs(folder.string, 64 << 20)
        guard outside >= 0 else {
            result.obstacle = "a /dev/shm of its own needs the right to mount one (\(Errno(rawValue: -outside)))"
            return Episode(wasIdle: true)
        }
        defer {
            _ = bench_leave_private_tmpfs(outside)
            if let here = unsafe here { unsafe chdir(here) }
            ThisRun.forgetHidden()
        }
        let fleet = try StressFleet(lock, workers: workers, program: program, number: numbers())
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                folder.appending("filler"), .writeOnly, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        } catch { throw .failed("cannot fill /dev/shm: \(error)") }
        let piece = [UInt8](repeating: 1, count: 1 << 16)
        while (try? file.writeAll(piece)) != nil {}
        while (try? file.writeAll([1])) != nil {}
        try? file.close()
        if let hang = try stuck(fleet, patience(.fillShm)) { return Episode(hang: hang) }
        let another = SharedMemory(key: fleet.keys.test + "2")
        do throws(SharedMemoryError) {
            try another.create(size: 1 << 20, lock: lock)
            try another.destroy(mode: .forceNoWait)
            return Episode(corruption: "a segment could be made in a full /dev/shm")
        } catch {
            if error.code != .outOfResources && error.code != .outOfMemory {
                return Episode(corruption: "a full /dev/shm is reported as: \(error.description)")
            }
        }
        let handle = SharedMemory(key: fleet.keys.test)
        do throws(SharedMemoryError) {
            try handle.attach()
            try handle.detach()
        } catch { return try fault(error, "attaching fails where /dev/shm is full") }
        return Episode(hang: try stuck(fleet, patience(.fillShm)))
    }
}
