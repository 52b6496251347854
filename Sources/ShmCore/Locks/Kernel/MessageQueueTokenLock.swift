internal import CShm
internal import Glibc
public import SystemPackage

/// A token in a POSIX message queue: the process that has received the only message holds the lock. It releases the
/// lock by sending the message back.
///
/// Source: `mq_overview(7)`. Every operation is a system call. Waiters are served in the order of arrival, because the
/// kernel passes a message directly to the first of them.
///
/// Memory ordering: the queue's spinlock orders a send before the receive that gets the message. Owner death: the token
/// is lost, and every other process waits for ever. `mq_timedreceive(3)` uses `CLOCK_REALTIME`, so a deadline moves
/// when that clock is set.
@_spi(Bench) @safe public struct MessageQueueTokenLock: LockPrimitive, ~Copyable {
    private let queue: Int32
    private let area: UnsafeMutableRawPointer

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "posix-mq-token", family: .kernel, fairness: .fifo, ownerDeath: .hangs,
            kernelObject: "message queue", oneIPCNamespace: true, summary: "the one message of a POSIX queue")
    }

    /// Why the kernel has no message queues; `nil` if it has.
    public static var obstacle: String? {
        // An invalid name: any error other than ENOSYS shows that the kernel has queues.
        unsafe shm_queue_open("", -1) == -ENOSYS ? "the kernel has no POSIX message queues" : nil
    }

    /// The name of the queue.
    public static func bytesNeeded(participants: Int) -> Int { NamedObject.byteCount }

    /// The name in the area.
    public static func nameOutside(_ area: UnsafeMutableRawPointer) -> String? { unsafe NamedObject.name(in: area) }

    /// Opens the queue. The first participant creates it, with its token.
    ///
    /// Throws `EMFILE` or `ENOSPC` if a limit of `mq_overview(7)` is reached.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        unsafe area = binding.area
        queue = try unsafe NamedObject.findOrMake(
            binding.area, of: binding.file,
            open: { (name) throws(Errno) in try unsafe SystemCall.descriptor(shm_queue_open("/" + name, -1)).rawValue },
            make: { (name, mode) throws(Errno) in
                let made = try unsafe SystemCall.descriptor(shm_queue_open("/" + name, Int32(mode))).rawValue
                _ = fchmod(made, mode)
                try SystemCall.check(shm_queue_send(made))
                return made
            },
            remove: { unsafe _ = shm_queue_remove("/" + $0) })
    }

    deinit { close(queue) }

    /// `mq_receive(3)`.
    public borrowing func lock() -> LockOutcome { receive(until: Int64(SHM_NO_LIMIT)) }

    /// `mq_timedreceive(3)` with a time in the past.
    public borrowing func tryLock() -> LockOutcome { receive(until: 0) }

    /// `mq_timedreceive(3)`.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { receive(until: deadline.nanoseconds) }

    /// `mq_send(3)`.
    public borrowing func unlock() { _ = shm_queue_send(queue) }

    /// Removes the name; processes that have the queue open keep it.
    public borrowing func retire() {
        if let name = unsafe NamedObject.name(in: area) { unsafe _ = shm_queue_remove("/" + name) }
    }

    private borrowing func receive(until deadline: Int64) -> LockOutcome {
        while true {
            switch -shm_queue_receive_until(queue, deadline) {
            case 0: return .acquired
            case EINTR: continue
            case ETIMEDOUT: return .busy
            case let failure: return .failed(Errno(rawValue: failure))
            }
        }
    }
}

extension LockKind {
    /// A token in a POSIX message queue.
    public static let posixMQToken = LockKind(MessageQueueTokenLock.self)
}
