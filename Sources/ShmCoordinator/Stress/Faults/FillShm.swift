internal import CBench
internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import SystemPackage

extension Fault {
    /// A private /dev/shm is small, and then full: attached processes must continue, and the creation of a segment must
    /// fail with the reason.
    public static let fillShm = Fault(
        name: "fill-shm", title: "full",
        summary: "/dev/shm is full",
        aim: .disturbance, needs: [],
        play: .apart { (play) throws(RoundFailure) in
            let here = unsafe getcwd(nil, 0)
            defer { unsafe free(here) }
            let outside = unsafe bench_enter_private_tmpfs("/dev/shm", 64 << 20)
            guard outside >= 0 else {
                play.result.obstacle =
                    "a private /dev/shm needs the right to mount one (\(Errno(rawValue: -outside)))"
                return Episode(wasIdle: true)
            }
            defer {
                _ = bench_leave_private_tmpfs(outside)
                if let here = unsafe here { unsafe chdir(here) }
                ThisRun.forgetHidden()
            }
            return try play.fill(try play.makeScene())
        })
}

extension FaultPlay {
    private func fillUp() throws(RoundFailure) {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                FilePath("/dev/shm/filler"), .writeOnly, options: [.create, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch { throw .failed("cannot fill /dev/shm: \(error)") }
        let piece = [UInt8](repeating: 1, count: 1 << 16)
        while (try? file.writeAll(piece)) != nil {}
        while (try? file.writeAll([1])) != nil {}
        try? file.close()
    }

    fileprivate func fill(_ scene: StressScene) throws(RoundFailure) -> Episode {
        try fillUp()
        if let hang = try stuck(scene) { return Episode(hang: hang) }
        let another = SharedMemory(key: scene.keys.test + "2")
        do throws(SharedMemoryError) {
            try another.create(size: 1 << 20, lock: lock)
            try another.destroy(mode: .forceNoWait)
            return Episode(corruption: "a segment could be created in a full /dev/shm")
        } catch {
            if error.code != .outOfResources && error.code != .outOfMemory {
                return Episode(corruption: "a full /dev/shm is reported as: \(error.description)")
            }
        }
        let handle = SharedMemory(key: scene.keys.test)
        do throws(SharedMemoryError) {
            try handle.attach()
            try handle.detach()
        } catch { return try failure(error, "attaching fails while /dev/shm is full") }
        return Episode(hang: try stuck(scene))
    }
}
