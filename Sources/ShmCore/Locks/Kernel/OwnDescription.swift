internal import CShm
internal import SystemPackage

/// A participant's own open file description, to which a kernel lock belongs.
///
/// The lock lasts until the last descriptor of the description is closed. After `fork(2)` the child has a copy of each
/// descriptor and would keep its parent's lock after the parent's death, so it closes them at once. (A child of
/// `clone(2)` that bypasses libc's fork handlers does not.)
struct OwnDescription: ~Copyable {
    let file: FileDescriptor
    private let generation = shm_generation()

    /// Opens a description and registers it to be closed in the child of a fork.
    static func opened(_ open: () throws(Errno) -> FileDescriptor) throws(Errno) -> OwnDescription {
        shm_registry_lock()
        defer { shm_registry_unlock() }
        let file = try open()
        do throws(Errno) { try SystemCall.check(shm_close_in_child(file.rawValue)) } catch {
            try? file.close()
            throw error
        }
        return OwnDescription(registered: file)
    }

    private init(registered file: FileDescriptor) { self.file = file }

    deinit {
        // In the child of a fork the number may belong to another file by now.
        guard shm_generation() == generation else { return }
        shm_registry_lock()
        shm_keep_in_child(file.rawValue)
        try? file.close()
        shm_registry_unlock()
    }
}
