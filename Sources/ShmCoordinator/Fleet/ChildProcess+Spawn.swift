internal import Glibc
internal import SystemPackage

extension ChildProcess {
    /// Starts a program with posix_spawn(3), as documented for ``init(_:_:input:output:errors:isMute:)``; returns its
    /// process id.
    static func spawn(
        _ path: String, _ arguments: [String], input: FileDescriptor?, output: FileDescriptor?, errors: FileDescriptor?,
        isMute: Bool
    ) throws(Errno) -> Int32 {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input { unsafe posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO) }
        if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDOUT_FILENO) }
        if let errors { unsafe posix_spawn_file_actions_adddup2(&actions, errors.rawValue, STDERR_FILENO) }
        if isMute { unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) }

        var argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe argv.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let failure = unsafe posix_spawn(&pid, path, &actions, &attributes, &argv, environ)
        if failure != 0 { throw Errno(rawValue: failure) }
        return pid
    }
}
