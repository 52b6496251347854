internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Participants bind, lock once and unbind, in all workers; descriptors and kernel objects must be as many
    /// afterwards as before. Where namespaces are permitted, workers and coordinator have the kernel's objects to
    /// themselves.
    public static let comeAndGo = Fault(
        name: "come-and-go", title: "come",
        summary: "participants bind and unbind; descriptors and kernel objects are counted before and after",
        aim: .exercise(.objects), needs: [],
        play: .apart { (play) throws(RoundFailure) in
            let kernel = PrivateKernel()
            // The run's own lease in the new /dev/shm is no object of a lock, so it is created before the count.
            try ThisRun.begin()
            let empty = kernel.objects
            let episode = try play.comeAndGo(kernel)
            if episode.hang != nil || episode.breach != nil || !kernel.isPrivate { return episode }
            // The segments are destroyed by now.
            guard let left = kernel.objects.new(since: empty).min() else { return episode }
            return Episode(breach: (.objects, "the destroyed segment leaves \(left)"))
        })
}

extension FaultPlay {
    /// Participants that bind and unbind in each worker, between two counts.
    private static let comers = 32
    /// If other programs' objects are visible, only growth by at least one object per participant, that many times in a
    /// row, is attributed to the lock.
    private static let repetitions = 3

    fileprivate mutating func comeAndGo(_ kernel: borrowing PrivateKernel) throws(RoundFailure) -> Episode {
        let scene = try makeScene(workers: 2)
        let episode = try comeAndGo(scene, kernel, max(patience, 5_000_000_000))
        if episode.isSuspicious { outside.look(at: scene) }
        return episode
    }

    private mutating func comeAndGo(
        _ scene: StressScene, _ kernel: borrowing PrivateKernel, _ patience: Int
    ) throws(RoundFailure) -> Episode {
        if let late = try scene.rest(within: patience) { return Episode(hang: late) }
        let everyone = scene.contending
        // What a process or a segment sets up once, and keeps.
        if let late = try scene.ask(everyone, .comeAndGo, 1, within: patience) { return Episode(hang: late) }
        var leavesAsMany = true
        for _ in 0..<(kernel.isPrivate ? 1 : Self.repetitions) {
            let before = kernel.objects
            if let late = try scene.ask(everyone, .comeAndGo, Self.comers, within: patience) {
                return Episode(hang: late)
            }
            let participants = Self.comers * everyone.count
            result.exercises.add(.objects, UInt64(participants))
            if let finding = Self.remainder(scene, everyone) { return Episode(breach: (.objects, finding)) }
            let new = kernel.objects.new(since: before)
            if kernel.isPrivate, let one = new.min() {
                let finding =
                    "\(counted(participants, "participant")) that came and went left \(counted(new.count, "kernel object"))"
                return Episode(breach: (.objects, "\(finding): \(one)\(new.count > 1 ? ", …" : "")"))
            }
            leavesAsMany = leavesAsMany && new.count >= participants
        }
        if leavesAsMany && !kernel.isPrivate {
            return Episode(breach: (.objects, "each participant that comes and goes leaves a kernel object"))
        }
        if let damage = scene.damage { return Episode(breach: (.area, damage)) }
        return Episode(hang: scene.unexpectedEnd())
    }

    /// The finding from the answers of workers that were asked to come and go; `nil` if there is none.
    private static func remainder(_ scene: StressScene, _ workers: [Int]) -> String? {
        for worker in workers {
            let answer = scene.answer(worker)
            if answer != 0 { return "after participants were unbound, another one is refused with errno \(answer)" }
            let left = unsafe scene.arena.slot(worker).pointee.descriptorsLeft.load(ordering: .relaxed)
            if left > 0 {
                return "\(counted(comers, "participant")) that came and went left \(counted(left, "descriptor")) open"
            }
        }
        return nil
    }
}
