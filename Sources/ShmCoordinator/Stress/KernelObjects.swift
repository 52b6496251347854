internal import CBench
internal import Glibc
internal import ShmCore
internal import SystemPackage

/// The kernel objects of this process's user that can be seen: System V sets, queues and segments, POSIX queues, and what
/// has a name in /dev/shm, FIFOs and semaphores among it.
struct KernelObjects {
    private let names: Set<String>

    /// Those that there are now.
    ///
    /// - Parameter queues: where POSIX queues are shown.
    init(queues: String) {
        let user = "\(geteuid())"
        var names: Set<String> = []
        for kind in ["sem", "msg", "shm"] {
            let lines = ((try? SmallFile.read("/proc/sysvipc/\(kind)")) ?? "").split(separator: "\n")
            guard let titles = lines.first?.split(separator: " "), let owner = titles.firstIndex(of: "cuid") else {
                continue
            }
            for line in lines.dropFirst() {
                let fields = line.split(separator: " ")
                if fields.count > owner, fields[owner] == user { names.insert("\(kind) \(fields[1])") }
            }
        }
        for folder in ["/dev/shm", queues] {
            for name in Self.entries(folder) {
                var status = stat()
                // Never opened: another's FIFO or record locks would notice.
                guard unsafe lstat("\(folder)/\(name)", &status) == 0, status.st_uid == geteuid() else { continue }
                names.insert("\(folder)/\(name)")
            }
        }
        self.names = names
    }

    /// What has come since an earlier look.
    func new(since earlier: KernelObjects) -> Set<String> { names.subtracting(earlier.names) }

    private static func entries(_ folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

/// Kernel objects that only this thread and the processes that it starts see, for as long as the value lives; where that is
/// not permitted, those of the machine, which others use, too.
struct PrivateKernel: ~Copyable {
    /// Whether others' objects are out of sight.
    let isPrivate: Bool
    /// Where POSIX queues are shown.
    let queues: String
    private let left: bench_left_kernel
    private let here: FilePath?

    init() {
        var left = bench_left_kernel()
        here = unsafe getcwd(nil, 0).map { path in
            defer { unsafe free(path) }
            return FilePath(unsafe String(cString: path))
        }
        let folder = "/dev/shm/queues"
        isPrivate = unsafe bench_enter_private_kernel("/dev/shm", folder, &left) == 0
        queues = isPrivate ? folder : "/dev/mqueue"
        self.left = left
    }

    /// What there is now.
    var objects: KernelObjects { KernelObjects(queues: queues) }

    deinit {
        guard isPrivate else { return }
        _ = bench_leave_private_kernel(left)
        ThisRun.forgetHidden()
        // A process that changes its mounts is put into the root folder.
        if let here { _ = unsafe here.withPlatformString { unsafe chdir($0) } }
    }
}
