import Glibc
import ShmCoordinator
import TestSupport
import Testing

/// A program on a pseudo-terminal of a width, which is its standard input, output and error.
enum PseudoTerminal {
    struct Outcome {
        let exit: ChildProcess.Exit
        /// All that it wrote, as a terminal gets it.
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The lines as they stand on the terminal: a line that is redrawn counts each time, without colours.
        var lines: [String] {
            bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }).map { line in
                String(decoding: line, as: UTF8.self).replacing(/\u{1b}\[[0-9;]*[A-Za-z]/, with: "")
            }
        }
    }

    /// Runs `shmbench` to its end.
    ///
    /// - Parameter environment: variables, as `NAME=VALUE`.
    static func run(
        _ arguments: [String], columns: Int, _ environment: [String] = ["TERM=xterm"], in folder: Folder,
        within limit: Duration = .seconds(30)
    ) throws -> Outcome {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        var size = winsize(ws_row: 50, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        let opened = unsafe openpty(&master, &slave, &name, nil, &size)
        try #require(opened == 0)
        // Without an open end, reading fails as soon as the program has ended.
        defer {
            close(master)
            close(slave)
        }
        for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)

        let script = "cd \"$1\" && exec <\"$2\" >\"$2\" 2>\"$2\" && shift 2 && exec env \"$@\""
        let child = try ChildProcess(
            "/bin/sh",
            ["-c", script, "sh", folder.path, path] + environment + ["\(Invocation.programs)/shmbench"] + arguments)
        var bytes: [UInt8] = []
        func drain() {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe read(master, &buffer, buffer.count)
                if count <= 0 { return }
                bytes += buffer[..<count]
            }
        }
        let hasEnded = eventually(within: limit) {
            drain()
            return !child.isRunning
        }
        if !hasEnded {
            Issue.record("\(arguments) did not end within \(limit)")
            child.end()
        }
        let exit = child.awaitExit()
        drain()
        return Outcome(exit: exit, bytes: bytes)
    }
}
