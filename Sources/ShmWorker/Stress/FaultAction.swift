internal import CBench
internal import CShm
internal import Glibc
internal import ShmCore

/// What a worker does around a lock at the request of a fault.
enum FaultAction {
    /// Forks, and lets the child execute another program; returns 0 or an errno. It waits for the child's end: the
    /// child had everything that its parent has, and must not have taken anything with it.
    static func forkAndExec() -> Int32 {
        let child = unsafe bench_fork_and_exec("/proc/self/exe", "--version")
        if child < 0 { return -child }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return status == 0 ? 0 : ECHILD
    }

    /// Opens files until no descriptor is left, runs the work, and closes them. The answer is 0, or `EMFILE` if the
    /// descriptors did not run out.
    static func withoutDescriptors(_ work: () -> Int32?) -> (failure: Int32?, answer: Int32) {
        // A low limit is reached quickly; it applies to new descriptors only.
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var low = limit
        low.rlim_cur = min(limit.rlim_cur, 64)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
        var opened: [Int32] = []
        while opened.count < 4096 {
            let descriptor = unsafe shm_open_path("/dev/null", O_RDONLY | O_CLOEXEC, 0)
            if descriptor < 0 { break }
            opened.append(descriptor)
        }
        let ranOut = opened.count < 4096
        defer {
            for descriptor in opened { close(descriptor) }
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return (work(), ranOut ? 0 : EMFILE)
    }

    /// The number of open descriptors of this process, including the one that counts them; `nil` without /proc.
    static var descriptors: Int? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }
}
