internal import CBench
internal import Glibc
internal import ShmCore
internal import SystemPackage

/// The visible kernel objects of this process's user: System V sets, queues and segments, POSIX queues, and names in
/// /dev/shm, FIFOs and semaphores among them.
struct KernelObjects {
    private let names: Set<String>

    /// Lists the present objects.
    ///
    /// - Parameter queues: the folder that shows POSIX queues.
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
                // They are not opened: FIFOs and record locks of other programs would be affected.
                guard unsafe lstat("\(folder)/\(name)", &status) == 0, status.st_uid == geteuid() else { continue }
                names.insert("\(folder)/\(name)")
            }
        }
        self.names = names
    }

    /// The objects that an earlier list does not have.
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

/// IPC and mount namespaces that only this thread and the processes that it starts share, for as long as the value
/// lives. If they are not permitted, the objects are the machine's, which others use, too.
struct PrivateKernel: ~Copyable {
    /// Whether the namespaces are private.
    let isPrivate: Bool
    /// The folder that shows POSIX queues.
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

    /// The present objects.
    var objects: KernelObjects { KernelObjects(queues: queues) }

    deinit {
        guard isPrivate else { return }
        _ = bench_leave_private_kernel(left)
        ThisRun.forgetHidden()
        // A change of the mount namespace moves the process to the root folder.
        if let here { _ = unsafe here.withPlatformString { unsafe chdir($0) } }
    }
}
