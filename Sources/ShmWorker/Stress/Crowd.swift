@_spi(Bench) internal import ShmCore

/// Additional participants of one process.
@safe struct Crowd<L: LockPrimitive & ~Copyable>: ~Copyable {
    private var members: UnsafeMutablePointer<L>
    private var capacity: Int
    private(set) var count = 0

    init() {
        capacity = 16
        unsafe members = .allocate(capacity: capacity)
    }

    mutating func add(_ member: consuming L) {
        if count == capacity {
            let more = UnsafeMutablePointer<L>.allocate(capacity: 2 * capacity)
            unsafe more.moveInitialize(from: members, count: count)
            unsafe members.deallocate()
            unsafe members = unsafe more
            capacity *= 2
        }
        unsafe (members + count).initialize(to: member)
        count += 1
    }

    /// Unbinds all participants.
    mutating func disperse() {
        unsafe members.deinitialize(count: count)
        count = 0
    }

    /// Calls the body with one participant.
    borrowing func withMember<R>(_ index: Int, _ body: (borrowing L) -> R) -> R {
        precondition(index >= 0 && index < count)
        return unsafe body(members[index])
    }

    deinit {
        unsafe members.deinitialize(count: count)
        unsafe members.deallocate()
    }
}
