internal import Glibc

/// What this process may have inherited, and cannot work with.
enum Surroundings {
    static func makeUsable() {
        // A closed stdin, stdout or stderr would come to mean the next file that is opened, the results for one.
        while true {
            let descriptor = unsafe open("/dev/null", O_RDWR)
            if descriptor > STDERR_FILENO { close(descriptor) }
            if descriptor < 0 || descriptor > STDERR_FILENO { break }
        }
        // With SIGCHLD ignored, the kernel reaps children itself and their ends are never known.
        signal(SIGCHLD, SIG_DFL)
        // A file that may not grow is an error like a full disk, and no reason to die without a word.
        signal(SIGXFSZ, SIG_IGN)
    }
}
