internal import CShm
internal import SystemPackage

/// A participant's own open file description, which carries a lock of the kernel's.
///
/// Such a lock lasts as long as the last descriptor of the description. The child of a fork has one of each, so it would
/// keep its parent's lock after its parent's death: it closes them at once. (Not where it was forked by `clone(2)` past
/// libc's handlers.)
struct OwnDescription: ~Copyable {
    let file: FileDescriptor
    private let generation = shm_generation()

    /// Opens it.
    static func opened(_ open: () throws(Errno) -> FileDescriptor) throws(Errno) -> OwnDescription {
        shm_registry_lock()
        defer { shm_registry_unlock() }
        let file = try open()
        do throws(Errno) { try SystemCall.check(shm_close_in_child(file.rawValue)) } catch {
            try? file.close()
            throw error
        }
        return OwnDescription(noted: file)
    }

    private init(noted file: FileDescriptor) { self.file = file }

    deinit {
        // In the child of a fork the number may be another file's by now.
        guard shm_generation() == generation else { return }
        shm_registry_lock()
        shm_keep_in_child(file.rawValue)
        try? file.close()
        shm_registry_unlock()
    }
}
