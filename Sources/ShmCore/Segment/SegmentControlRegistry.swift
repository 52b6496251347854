internal import CShm
internal import Glibc

/// The control blocks that this process has mapped, by file, so that each is read, validated and mapped once. A mapping
/// keeps its inode in existence, so the identity of its file does not come to denote another one.
enum SegmentControlRegistry {
    /// Guarded by the registry's lock. The child of a fork inherits the mappings as well.
    nonisolated(unsafe) private static var known: [FileIdentity: SegmentControl] = [:]

    /// The control block of an open file, if this process has it mapped with the same access and neither the file's
    /// size nor its header has changed since. ``leave(_:)`` ends its use.
    static func join(_ status: stat, writable: Bool) -> SegmentControl? {
        shm_registry_lock()
        let found = unsafe known[FileIdentity(status)]
        found?.users += 1
        shm_registry_unlock()
        guard let found else { return nil }
        if found.isWritable == writable && found.isStill(status) { return found }
        leave(found)
        return nil
    }

    /// Makes a new control block known, unless the file has another one already.
    static func add(_ control: SegmentControl) {
        shm_registry_lock()
        if unsafe known[control.identity] == nil { unsafe known[control.identity] = control }
        shm_registry_unlock()
    }

    /// Ends one use. The last one makes the control block unknown; it is unmapped with its last reference.
    static func leave(_ control: SegmentControl) {
        shm_registry_lock()
        control.users -= 1
        if control.users == 0, unsafe known[control.identity] === control {
            unsafe known[control.identity] = nil
        }
        shm_registry_unlock()
    }
}
