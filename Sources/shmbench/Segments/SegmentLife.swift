internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// The operations of a segment's life, timed one by one.
struct SegmentLife {
    let size: Int
    let lock: LockKind
    let samples: Int

    /// The times of one operation with a number of attachments.
    struct Timing {
        let lock: LockKind
        let operation: String
        let attachments: Int
        /// The size of the segment's data in bytes; `nil` if a file does not have it.
        let size: Int?
        let times: OperationTimes
    }

    /// The values of ``Timing/operation``.
    static let operations = ["create", "destroy", "attach", "numAttachments", "detach"]

    /// The maximum time in ns for which an operation is repeated.
    private static let patience: Int64 = 1_000_000_000

    /// Receives how many steps are done and what is measured. It evaluates both only for a line that is shown.
    typealias Progress = (_ done: () -> Double, _ what: () -> String) -> Void

    static let firstStep = "create and destroy"

    /// The number of ``measure(_:progress:)``'s steps with as many numbers of attachments.
    static func steps(_ counts: [Int]) -> Int { 1 + 2 * counts.count }

    /// Measures all operations.
    ///
    /// - Parameter progress: called often, with the number of steps done, and what is measured.
    func measure(_ counts: [Int], progress: Progress) throws(SharedMemoryError) -> [Timing] {
        var create = Stopwatch()
        var destroy = Stopwatch()
        let end = Patience.after(nanoseconds: Self.patience)
        while create.count < samples && (create.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            progress({ share(create, end) }, { Self.firstStep })
            let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "\(create.count)"))
            try create.time { () throws(SharedMemoryError) in try segment.create(size: size, lock: lock) }
            try destroy.time { () throws(SharedMemoryError) in try segment.destroy() }
        }
        var timings = [
            timing("create", 0, create),
            timing("destroy", 0, destroy),
        ]
        for (index, count) in counts.enumerated() where !Interruption.hasCome {
            timings += try measure(attachments: count, after: Double(1 + 2 * index), progress: progress)
        }
        return timings
    }

    private func timing(_ operation: String, _ attachments: Int, _ watch: Stopwatch) -> Timing {
        Timing(
            lock: lock, operation: operation, attachments: attachments, size: size, times: OperationTimes(watch.times))
    }

    /// Times attach, count and detach of one more handle, and destroy, with that many attachments.
    ///
    /// - Parameter done: the number of steps before this.
    private func measure(attachments: Int, after done: Double, progress: Progress) throws(SharedMemoryError)
        -> [Timing]
    {
        let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "with-\(attachments)"))
        try segment.create(size: size, lock: lock)
        defer { try? segment.destroy(mode: .forceNoWait) }
        var handles: [SharedMemory] = []
        // All handles are detached also after an error.
        defer { for handle in handles { try? handle.detach() } }
        for _ in 0..<attachments where !Interruption.hasCome {
            progress({ done }, { counted(attachments, "attachment") })
            let handle = SharedMemory(key: segment.key)
            try handle.attach()
            handles.append(handle)
        }
        var (attach, count, detach) = (Stopwatch(), Stopwatch(), Stopwatch())
        let end = Patience.after(nanoseconds: Self.patience)
        while attach.count < samples && (attach.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            progress({ done + share(attach, end) }, { "attach and detach with \(counted(attachments, "attachment"))" })
            let handle = SharedMemory(key: segment.key)
            try attach.time { () throws(SharedMemoryError) in try handle.attach() }
            try count.time { () throws(SharedMemoryError) in _ = try handle.numAttachments }
            try detach.time { () throws(SharedMemoryError) in try handle.detach() }
        }
        // A destroyer does not wait for attachments, but may have to wake waiters.
        var destroy = Stopwatch()
        let last = Patience.after(nanoseconds: Self.patience)
        while destroy.count < samples && (destroy.count < 2 || !last.hasPassed) && !Interruption.hasCome {
            progress({ done + 1 + share(destroy, last) }, { "destroy with \(counted(attachments, "attachment"))" })
            let other = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "end-\(attachments)"))
            try other.create(size: size, lock: lock)
            defer { if other.exists { try? other.destroy(mode: .forceNoWait) } }
            var users: [SharedMemory] = []
            defer { for user in users { try? user.detach() } }
            for _ in 0..<attachments where !Interruption.hasCome {
                let user = SharedMemory(key: other.key)
                try user.attach()
                users.append(user)
            }
            if Interruption.hasCome { break }
            try destroy.time { () throws(SharedMemoryError) in try other.destroy() }
        }
        return [
            timing("destroy", attachments, destroy),
            timing("attach", attachments, attach),
            timing("numAttachments", attachments, count),
            timing("detach", attachments, detach),
        ]
    }

    /// The share of a loop that is done: it ends after all samples, or with its time.
    private func share(_ watch: Stopwatch, _ end: Patience) -> Double {
        let rest = Double(max(0, end.remaining)) / Double(Self.patience)
        return min(1, max(1 - rest, Double(watch.count) / Double(samples)))
    }
}
