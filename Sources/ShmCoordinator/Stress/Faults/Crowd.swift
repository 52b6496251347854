internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

extension Fault {
    /// All workers rest, and together bind as many participants as the area was created for; each participant locks
    /// once, and all contend. One more must be refused. Then one of the processes is killed, and its replacement must
    /// find a vacant place.
    public static let crowd = Fault(
        name: "crowd", title: "crowd",
        summary: "as many participants as the lock was created for, and one more; one of the processes is killed",
        aim: .exercise(.participants), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            defer { scene.arena.isPaused = false }
            if let late = try scene.rest(within: play.crowdPatience) { return Episode(hang: late) }
            let everyone = scene.contending
            // The full number is bound in the first episode only, since it takes long.
            let isFull = (play.hasLimit || play.lock.properties.family == .plugin) && play.result.episodes == 0
            if let episode = try play.gather(everyone, scene, isFull: isFull) { return episode }
            if isFull && play.hasLimit, let episode = try play.overcrowd(everyone, scene) { return episode }
            if let late = try scene.ask(scene.contending, .disperse, within: play.crowdPatience) {
                return Episode(hang: late)
            }
            scene.arena.isPaused = false
            return Episode(hang: scene.whereabouts(of: try scene.awaitProgress(within: play.crowdPatience)))
        })
}

extension FaultPlay {
    /// The number of participants for a lock without nodes; each may need a descriptor.
    private static let modestCrowd = 64

    /// Many participants take longer than few.
    fileprivate var crowdPatience: Int { max(patience, 5_000_000_000) }

    /// Whether the lock has a capacity, beyond which it refuses participants.
    fileprivate var hasLimit: Bool { lock.properties.nodesPerParticipant > 0 }

    /// Binds participants in all workers, locks once through each, and makes all contend; returns what is wrong, or
    /// `nil`.
    fileprivate mutating func gather(
        _ everyone: [Int], _ scene: StressScene, isFull: Bool
    ) throws(RoundFailure) -> Episode? {
        let capacity = try scene.capacity()
        // The segment's creator is a participant itself.
        let present = everyone.count + 1
        let most = (isFull ? capacity : min(capacity, Self.modestCrowd)) - present
        for (place, worker) in everyone.enumerated() {
            scene.ask(worker, .gather, most / everyone.count + (place < most % everyone.count ? 1 : 0))
        }
        if let late = try scene.awaitAnswers(of: everyone, within: crowdPatience) { return Episode(hang: late) }
        let count = present + everyone.reduce(0) { $0 + scene.gathered($1) }
        result.exercises.add(.participants, UInt64(count))
        if let refused = everyone.first(where: { scene.answer($0) != 0 }) {
            if let limit = Self.machineLimit(scene.answer(refused)) {
                throw .failed("a worker cannot take part in \(lock) \(scene.gathered(refused) + 2) times: \(limit)")
            }
            let finding =
                "the lock was made for \(counted(capacity, "participant")), and refuses one more than \(count)"
            return Episode(breach: (.participants, "\(finding) with errno \(scene.answer(refused))"))
        }
        var late: String?
        for worker in everyone where late == nil {
            late = try scene.ask([worker], .passByEach, within: crowdPatience)
        }
        if late == nil { late = try contend(scene, everyone) }
        return late.map {
            Episode(
                breach: (.participants, "with \(counted(count, "participant")) a process does not get the lock: \($0)"))
        }
    }

    /// Makes all workers contend through their last participants. At first one stays inside until all others certainly
    /// wait, so that they contend even on a busy machine. Returns the workers that do not get the lock, in words.
    private func contend(_ scene: StressScene, _ everyone: [Int]) throws(RoundFailure) -> String? {
        let holder = try scene.hold(
            { StressOrder(kind: .hold, stage: .half, id: $0) }, within: crowdPatience,
            asking: { for worker in everyone { scene.ask(worker, .contendByEach) } })
        guard let holder else { return noProgress(scene) }
        for worker in everyone where worker != holder.worker {
            _ = try scene.awaitWaiting(worker, within: 1_000_000_000)
        }
        scene.arena.release(holder.order)
        return try scene.awaitAnswers(of: everyone, within: crowdPatience)
    }

    /// The limit of the machine that refuses a participant; `nil` if the lock refuses it.
    private static func machineLimit(_ errorNumber: Int32) -> String? {
        [EMFILE, ENFILE, ENOMEM].contains(errorNumber) ? RefusalReason.reason(Errno(rawValue: errorNumber)) : nil
    }

    /// Tests one participant too many, and the replacement of a dead process; `nil` if all is well.
    fileprivate mutating func overcrowd(_ everyone: [Int], _ scene: StressScene) throws(RoundFailure) -> Episode? {
        guard let target = everyone.randomElement(using: &generator) else { return nil }
        if let late = try scene.ask([target], .oneMore, within: crowdPatience) { return Episode(hang: late) }
        if scene.answer(target) == 0 {
            return Episode(breach: (.participants, "one participant more than the lock was made for is not refused"))
        }
        _ = scene.kill([target])
        result.kills += 1
        try scene.start(target)
        let isBack = try scene.wait(within: crowdPatience) { scene.state(target) == .resting }
        if isBack { return nil }
        let reason = scene.unexpectedEnd() ?? scene.whereabouts(target)
        return Episode(breach: (.participants, "the places of a killed process are not reused: \(reason)"))
    }
}

extension StressScene {
    /// The number of participants that the lock was created for.
    fileprivate func capacity() throws(RoundFailure) -> Int {
        do throws(SharedMemoryError) { return try SharedMemory(key: keys.test).participantCapacity } catch {
            throw .failed(error.description)
        }
    }

    /// Participants that a worker has beside its own.
    fileprivate func gathered(_ worker: Int) -> Int {
        Int(unsafe arena.slot(worker).pointee.gathered.load(ordering: .acquiring))
    }
}
