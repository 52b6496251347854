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

    /// Takes over a descriptor. Throws `ENOMEM`, and closes it, where there is no room to note it.
    init(_ file: FileDescriptor) throws(Errno) {
        self.file = file
        do throws(Errno) { try SystemCall.check(shm_close_in_child(file.rawValue)) } catch {
            try? file.close()
            throw error
        }
    }

    deinit {
        // In the child of a fork the number may be another file's by now.
        guard shm_generation() == generation else { return }
        shm_keep_in_child(file.rawValue)
        try? file.close()
    }
}
