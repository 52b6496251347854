internal import Histogram
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
        let operation: String
        let attachments: Int
        let times: Histogram<UInt64>
    }

    /// The values of ``Timing/operation``.
    static let operations = ["create", "destroy", "attach", "numAttachments", "detach"]

    /// The maximum time in ns for which an operation is repeated.
    private static let patience: Int64 = 1_000_000_000

    func measure(_ counts: [Int]) throws(SharedMemoryError) -> [Timing] {
        var create = Stopwatch()
        var destroy = Stopwatch()
        let end = Patience.after(nanoseconds: Self.patience)
        while create.count < samples && (create.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "\(create.count)"))
            try create.time { () throws(SharedMemoryError) in try segment.create(size: size, lock: lock) }
            try destroy.time { () throws(SharedMemoryError) in try segment.destroy() }
        }
        var timings = [
            Timing(operation: "create", attachments: 0, times: create.times),
            Timing(operation: "destroy", attachments: 0, times: destroy.times),
        ]
        for count in counts where !Interruption.hasCome { timings += try measure(attachments: count) }
        return timings
    }

    /// Times attach, count and detach of one more handle, and destroy, with that many attachments.
    private func measure(attachments: Int) throws(SharedMemoryError) -> [Timing] {
        let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "with-\(attachments)"))
        try segment.create(size: size, lock: lock)
        defer { try? segment.destroy(mode: .forceNoWait) }
        var handles: [SharedMemory] = []
        // All handles are detached also after an error.
        defer { for handle in handles { try? handle.detach() } }
        for _ in 0..<attachments where !Interruption.hasCome {
            let handle = SharedMemory(key: segment.key)
            try handle.attach()
            handles.append(handle)
        }
        var (attach, count, detach) = (Stopwatch(), Stopwatch(), Stopwatch())
        let end = Patience.after(nanoseconds: Self.patience)
        while attach.count < samples && (attach.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            let handle = SharedMemory(key: segment.key)
            try attach.time { () throws(SharedMemoryError) in try handle.attach() }
            try count.time { () throws(SharedMemoryError) in _ = try handle.numAttachments }
            try detach.time { () throws(SharedMemoryError) in try handle.detach() }
        }
        // A destroyer does not wait for attachments, but may have to wake waiters.
        var destroy = Stopwatch()
        let last = Patience.after(nanoseconds: Self.patience)
        while destroy.count < samples && (destroy.count < 2 || !last.hasPassed) && !Interruption.hasCome {
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
            Timing(operation: "destroy", attachments: attachments, times: destroy.times),
            Timing(operation: "attach", attachments: attachments, times: attach.times),
            Timing(operation: "numAttachments", attachments: attachments, times: count.times),
            Timing(operation: "detach", attachments: attachments, times: detach.times),
        ]
    }
}
