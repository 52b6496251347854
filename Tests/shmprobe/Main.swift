import CBench
import Glibc

/// Another process for the tests: one handle to one segment, controlled by lines on stdin, with one line on stdout for
/// each.
///
///     shmprobe KEY
///
/// The answer to a command that succeeds is `ok` and its result; the answer to one that fails is `error` and the error
/// code's name. A command that follows the word `begin` first prints `begun`, right before it runs. The process ends
/// with its stdin, and dies with the thread that started it.
@main
struct Main {
    static func main() {
        _ = bench_die_with_parent()
        guard bench_argument_count() == 2, let key = unsafe bench_argument(1) else { fatalError("usage: shmprobe KEY") }
        let probe = Probe(key: unsafe String(cString: key))
        // The answer to the start: from here on the parent's death is detected.
        answer("ok")
        while let line = readLine() {
            var words = line.split(separator: " ").map(String.init)
            if words.first == "begin" {
                words.removeFirst()
                answer("begun")
            }
            answer(probe.reply(to: words))
        }
    }

    /// Writes directly to the descriptor: no output may be in a buffer when this process is killed.
    private static func answer(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        unsafe bytes.withUnsafeBytes { _ = unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
