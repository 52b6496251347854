internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

extension Fault {
    /// All rest, and take part as often as the area was made for, in all together; each participant locks once, and all
    /// contend. One more is refused. Then a process of them is killed, and its successor finds a place.
    public static let crowd = Fault(
        name: "crowd", title: "crowd",
        summary: "as many take part as the lock was made for, and one more; a process of them is killed",
        aim: .exercise(.participants), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            defer { scene.arena.isPaused = false }
            if let late = try scene.rest(within: play.crowdPatience) { return Episode(hang: late) }
            let everyone = scene.contending
            // All of them once; what that shows it shows again only after a while.
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
    /// Participants of a lock that needs no node for each; each may take a descriptor.
    private static let modestCrowd = 64

    /// Many take longer than few.
    fileprivate var crowdPatience: Int { max(patience, 5_000_000_000) }

    /// Whether there is a number of participants that such a lock was made for, beyond which it refuses.
    fileprivate var hasLimit: Bool { lock.properties.nodesPerParticipant > 0 }

    /// Lets all take part so often, lock once by each, and contend; what is wrong, or `nil`.
    fileprivate mutating func gather(
        _ everyone: [Int], _ scene: StressScene, isFull: Bool
    ) throws(RoundFailure) -> Episode? {
        let capacity = try scene.capacity()
        // A segment's creator takes part itself.
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
            let finding = "the lock was made for \(capacity) participants, and refuses one more than \(count)"
            return Episode(breach: (.participants, "\(finding) with errno \(scene.answer(refused))"))
        }
        var late: String?
        for worker in everyone where late == nil {
            late = try scene.ask([worker], .passByEach, within: crowdPatience)
        }
        if late == nil { late = try contend(scene, everyone) }
        return late.map {
            Episode(breach: (.participants, "with \(count) participants one does not get the lock: \($0)"))
        }
    }

    /// All contend by the participants that came last; at first one stays inside until all others wait for certain, which
    /// brings them together on a busy machine, too. Returns who does not get the lock, in words.
    private func contend(_ scene: StressScene, _ everyone: [Int]) throws(RoundFailure) -> String? {
        let holder = try scene.hold(
            { StressOrder(kind: .hold, stage: .half, id: $0) }, within: crowdPatience,
            asking: { for worker in everyone { scene.ask(worker, .contendByEach) } })
        guard let holder else { return nobody(scene) }
        for worker in everyone where worker != holder.worker {
            _ = try scene.awaitWaiting(worker, within: 1_000_000_000)
        }
        scene.arena.release(holder.order)
        return try scene.awaitAnswers(of: everyone, within: crowdPatience)
    }

    /// The limit of the machine that refuses a participant; `nil` where it is the lock that does.
    private static func machineLimit(_ errorNumber: Int32) -> String? {
        [EMFILE, ENFILE, ENOMEM].contains(errorNumber) ? MachineWant.reason(Errno(rawValue: errorNumber)) : nil
    }

    /// One participant too many, and the places of a dead process; `nil` where all is as it should be.
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
        return Episode(breach: (.participants, "a killed process's places are not given to another: \(reason)"))
    }
}

extension StressScene {
    /// The number of participants that the lock was made for.
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
