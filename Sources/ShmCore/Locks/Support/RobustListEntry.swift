internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A thread's robust-list entry for a ``RobustFutexLock``. It makes the kernel check the lock's word when the thread
/// dies.
///
///        shared page, mapped once more          page of this thread's own
///     ┌────────────────────────── word ─────┬ prev ┬ next ┬─────────┬ entry ─────────┐
///     └──────────────────────────  −24  ────┴  0   ┴  8   ┴─────────┴  64  ──────────┘
///
/// `prev` and `next` are a node of the thread's robust list, which the thread's libc maintains and the kernel walks
/// when the thread ends (`get_robust_list(2)`). The kernel finds a node's futex word at a fixed distance, the list
/// head's `futex_offset`; that is why the entry needs two adjacent pages. A linked node costs nothing at run time: the
/// kernel ignores a node whose word does not hold the dying thread's id.
///
/// A thread that gets the lock's bias links a second node, 16 bytes after the first, for the biased word, which lies 16
/// bytes after the word.
///
/// A thread registers in its first operation on a lock. Its entry is freed
/// - when the participant ends: by the registered thread itself, or, if another thread ends the participant, when the
///   registered thread registers again or ends, because only that thread may change its list;
/// - when the thread ends, unless it holds the lock. In that case the entry stays for the kernel, and the next thread
///   that registers after the owner has ended frees it.
///
/// Every function here but ``linkBias(_:)`` runs under the process's registry lock.
@safe struct RobustListEntry {
    /// The maximum number of entries of a thread, and of entries with a second node. The kernel walks 2,048 nodes, and
    /// libc's robust mutexes share them.
    static var limit: Int { 1024 }
    private static var biasLimit: Int { 512 }
    /// The distance of the word from the end of its page.
    static var wordOffset: Int { 24 }

    typealias Pointer = UnsafeMutablePointer<RobustListEntry>
    private static var offsetInPage: Int { 64 }

    /// The registration that uses the entry; `nil` if none does.
    private var registration: UnsafeMutablePointer<RobustRegistration>?
    /// The next entry of the same thread, or of the deferred-free list.
    private var next: Pointer?
    /// The address of the first of the two pages.
    private let pages: UnsafeMutableRawPointer
    private let threadID: UInt32
    /// The address of the node's `next`, as the kernel's list refers to it.
    private let node: UInt
    /// Likewise for the biased word's node; 0 until the thread gets the bias.
    private var biasNode: UInt = 0
    private let head: UInt

    /// Why the kernel does not handle the calling thread's robust mutexes; `nil` if it does.
    static var missingList: (reason: String, errno: Errno)? {
        var (offset, failure) = (Int64(0), Int32(0))
        return unsafe shm_robust_list(&offset, &failure) == 0 ? isRefused(failure) : nil
    }

    private static func isRefused(_ failure: Int32) -> (reason: String, errno: Errno) {
        ("get_robust_list(2) is refused: no robust list, or a seccomp filter", Errno(rawValue: -failure))
    }

    /// Why the machine, libc or a seccomp filter rules out entries; `nil` if entries are possible. A filter may be
    /// installed later.
    static var obstacle: (reason: String, errno: Errno)? {
        var (offset, failure) = (Int64(0), Int32(0))
        if unsafe shm_robust_list(&offset, &failure) == 0 { return Self.isRefused(failure) }
        return nodeOffset(futexOffset: offset) == nil
            ? ("this libc registers an unsupported futex_offset (\(offset)) for its robust list", .notSupported) : nil
    }

    /// The offset of the node in the second page for the `futex_offset` that libc registered; `nil` if the whole node
    /// would not fit there.
    static func nodeOffset(futexOffset: Int64) -> Int? {
        guard futexOffset < 0, futexOffset > -64 else { return nil }
        let offset = -Int(futexOffset) - wordOffset
        // `prev` lies 8 bytes before the node's address, and the biased word's node after it.
        let end = offset + RobustWords.biasedDistance + 8
        return offset >= 8 && end <= offsetInPage && offset % 8 == 0 ? offset : nil
    }

    // MARK: Registering

    /// Makes and links an entry of the calling thread for the lock whose word lies in `page`.
    static func register(
        _ registration: UnsafeMutablePointer<RobustRegistration>, page: UnsafeMutableRawPointer, pageSize: Int
    ) throws(Errno) {
        sweep()
        let thread = unsafe shm_thread_self()
        guard unsafe count(thread, where: { _ in true }) < limit else { throw .noLocks }
        var (futexOffset, failure) = (Int64(0), Int32(0))
        let head = unsafe shm_robust_list(&futexOffset, &failure)
        if head == 0 { throw Errno(rawValue: -failure) }
        guard let offset = nodeOffset(futexOffset: futexOffset) else { throw .notSupported }
        if unsafe thread.pointee.serial == 0 {
            try CurrentThread.enroll()
        }
        unsafe thread.pointee.id = shm_gettid()
        unsafe thread.pointee.pending = UnsafeMutableRawPointer(bitPattern: pending(of: head))
        guard let pages = unsafe shm_map_alias(page, UInt(pageSize), &failure) else {
            // An emulator may not support `mremap(2)` with an old size of 0.
            throw failure == -EINVAL ? .notSupported : Errno(rawValue: -failure)
        }
        let second = unsafe pages + pageSize
        let entry = unsafe (second + offsetInPage).bindMemory(to: RobustListEntry.self, capacity: 1)
        let node = unsafe UInt(bitPattern: second + offset)
        let next = unsafe thread.pointee.entries?.assumingMemoryBound(to: RobustListEntry.self)
        unsafe entry.initialize(
            to: RobustListEntry(
                registration: registration, next: next, pages: pages, threadID: thread.pointee.id, node: node,
                head: head))
        unsafe thread.pointee.entries = UnsafeMutableRawPointer(entry)
        unsafe entry.pointee.link(node)
        unsafe registration.pointee.thread = thread.pointee.serial
        unsafe registration.pointee.threadID = thread.pointee.id
        unsafe registration.pointee.pending = UnsafeMutablePointer(bitPattern: pending(of: head))
        unsafe registration.pointee.node = node
        unsafe registration.pointee.generation = shm_generation()
        unsafe registration.pointee.entry = entry
        unsafe registration.pointee.use(.contended)
    }

    /// Links the node of the biased word, for the calling thread. Returns whether it is linked.
    ///
    /// Without the registry lock, which an owner must not wait for: the list and the node are the thread's own.
    static func linkBias(_ registration: UnsafeMutablePointer<RobustRegistration>) -> Bool {
        guard let entry = unsafe registration.pointee.entry else { return false }
        if unsafe entry.pointee.biasNode != 0 { return true }
        guard unsafe count(shm_thread_self(), where: { $0.biasNode != 0 }) < biasLimit else { return false }
        let node = unsafe entry.pointee.node + UInt(RobustWords.biasedDistance)
        unsafe entry.pointee.biasNode = node
        unsafe entry.pointee.link(node)
        return true
    }

    /// Frees a participant's entry, or leaves it to be freed later. Any thread may call it.
    static func unregister(_ registration: UnsafeMutablePointer<RobustRegistration>, pageSize: Int) {
        defer { unsafe registration.pointee.reset() }
        // The child of a fork owns none of its parent's entries.
        guard let entry = unsafe registration.pointee.entry, unsafe registration.pointee.generation == shm_generation()
        else { return }
        unsafe entry.pointee.registration = nil
        if unsafe shm_thread_serial() == registration.pointee.thread {
            unsafe clear(shm_thread_self(), all: false, pageSize)
        } else if unsafe !entry.pointee.isHeld(pageSize) {
            // Another thread's list refers to the node, so that page must stay mapped; the alias of the segment's page
            // need not.
            unsafe _ = shm_drop_alias(entry.pointee.pages, UInt(pageSize))
        }
    }

    // MARK: Freeing

    /// The deferred-free list: entries of this process's threads that ended while they held the lock.
    nonisolated(unsafe) private static var deferredFrees: (entries: Pointer?, generation: UInt32) = (nil, 0)

    private static func count(
        _ thread: UnsafeMutablePointer<shm_thread>, where isCounted: (RobustListEntry) -> Bool
    ) -> Int {
        var (count, entry) = (0, unsafe thread.pointee.entries?.assumingMemoryBound(to: RobustListEntry.self))
        while let found = unsafe entry {
            if unsafe isCounted(found.pointee) { count += 1 }
            unsafe entry = found.pointee.next
        }
        return count
    }

    /// Frees this thread's unused entries and the entries of ended threads.
    private static func sweep() {
        let pageSize = SegmentLayout.pageSize
        unsafe clear(shm_thread_self(), all: false, pageSize)
        // The child of a fork owns none of its parent's entries.
        var entry = unsafe deferredFrees.generation == shm_generation() ? deferredFrees.entries : nil
        unsafe deferredFrees = (nil, shm_generation())
        while let found = unsafe entry {
            unsafe entry = found.pointee.next
            // The kernel may still walk the list of a thread that exists.
            if unsafe shm_thread_exists(found.pointee.threadID) {
                unsafe found.pointee.next = deferredFrees.entries
                unsafe deferredFrees.entries = found
            } else {
                unsafe munmap(found.pointee.pages, 2 * pageSize)
            }
        }
    }

    /// Unlinks and unmaps this thread's unused entries, or with `all` every entry. Entries of locks that the thread
    /// holds stay.
    private static func clear(_ thread: UnsafeMutablePointer<shm_thread>, all: Bool, _ pageSize: Int) {
        var entry = unsafe thread.pointee.entries?.assumingMemoryBound(to: RobustListEntry.self)
        var kept: Pointer?
        while let found = unsafe entry {
            unsafe entry = found.pointee.next
            if unsafe all || found.pointee.registration == nil, unsafe !found.pointee.isHeld(pageSize) {
                if let registration = unsafe found.pointee.registration {
                    unsafe registration.pointee.reset()
                }
                unsafe found.pointee.unlink()
                unsafe munmap(found.pointee.pages, 2 * pageSize)
            } else {
                unsafe found.pointee.next = kept
                unsafe kept = found
            }
        }
        unsafe thread.pointee.entries = UnsafeMutableRawPointer(kept)
    }

    /// Frees the entries of the calling thread, which is about to end.
    static func threadEnds() {
        shm_registry_lock()
        defer { shm_registry_unlock() }
        sweep()
        let thread = unsafe shm_thread_self()
        unsafe clear(thread, all: true, SegmentLayout.pageSize)
        // The remaining entries are of locks that the thread holds. They stay linked, so that the kernel finds them.
        var entry = unsafe thread.pointee.entries?.assumingMemoryBound(to: RobustListEntry.self)
        while let found = unsafe entry {
            unsafe entry = found.pointee.next
            if let registration = unsafe found.pointee.registration {
                unsafe registration.pointee.reset()
            }
            unsafe found.pointee.registration = nil
            unsafe found.pointee.next = deferredFrees.entries
            unsafe deferredFrees.entries = found
        }
        unsafe thread.pointee.entries = nil
    }

    // MARK: The list

    /// The address of `list_op_pending`.
    private static func pending(of head: UInt) -> UInt { head + 16 }

    private func isHeld(_ pageSize: Int) -> Bool {
        let word = unsafe (pages + pageSize - Self.wordOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
        let words = unsafe RobustWords(word: word)
        let owners = unsafe (words.word.pointee.load(ordering: .relaxed), words.biased.pointee.load(ordering: .relaxed))
        return owners.0 & Futex.ownerMask == threadID || owners.1 & Futex.ownerMask == threadID
    }

    /// Puts the node at the front of the thread's list. The kernel follows forward links only, so the last store makes
    /// the node visible, wherever the thread is killed.
    private func link(_ node: UInt) {
        let first = Self.load(head)
        Self.store(first, at: node)
        Self.store(head, at: node - 8)
        // The lowest bit of a link is a flag of the node it leads to. The head needs no backward link.
        if first & ~1 != head { Self.store(node, at: (first & ~1) - 8) }
        Self.store(node, at: head)
    }

    private func unlink() {
        // The pending entry may point at the node (``RobustRegistration/announce()``).
        if Self.load(Self.pending(of: head)) == node { Self.store(0, at: Self.pending(of: head)) }
        unlink(node)
        if biasNode != 0 { unlink(biasNode) }
    }

    private func unlink(_ node: UInt) {
        let (next, previous) = (Self.load(node), Self.load(node - 8))
        Self.store(next, at: previous & ~1)
        if next & ~1 != head { Self.store(previous, at: (next & ~1) - 8) }
    }

    private static func load(_ address: UInt) -> UInt {
        unsafe UnsafePointer<Atomic<UInt>>(bitPattern: address).unsafelyUnwrapped.pointee.load(ordering: .relaxed)
    }

    /// A release store. Program order on this CPU is enough: the kernel reads the list on the thread's own exit path.
    private static func store(_ value: UInt, at address: UInt) {
        unsafe UnsafePointer<Atomic<UInt>>(bitPattern: address).unsafelyUnwrapped.pointee
            .store(value, ordering: .releasing)
    }
}
