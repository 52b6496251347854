internal import Glibc

/// State that this process may inherit and cannot work with.
enum Surroundings {
    static func makeUsable() {
        // A closed standard descriptor would be reused by the next file that is opened, such as the results.
        while true {
            let descriptor = unsafe open("/dev/null", O_RDWR)
            if descriptor > STDERR_FILENO { close(descriptor) }
            if descriptor < 0 || descriptor > STDERR_FILENO { break }
        }
        // With SIGCHLD ignored, the kernel reaps children itself, and their exit status is lost.
        signal(SIGCHLD, SIG_DFL)
        // A file that reaches its size limit is an error like a full disk; the signal would end the program silently.
        signal(SIGXFSZ, SIG_IGN)
    }
}
