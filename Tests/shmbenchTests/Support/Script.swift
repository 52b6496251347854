import Foundation
import ShmCoordinator
import ShmHarness
import Testing

/// A shell script that stands in for the worker program.
struct Script {
    let path: String
    private let folder: Folder

    init(_ text: String) throws {
        folder = try Folder()
        path = folder.path("worker")
        // A shell writes it: were it open for writing here, a process started by another thread at this moment would
        // hold it open, and it could not be executed (ETXTBSY).
        let write = "printf '%s\\n' '#!/bin/sh' \"$2\" >\"$1\" && chmod 755 \"$1\""
        let shell = try ChildProcess("/bin/sh", ["-c", write, "sh", path, text])
        try #require(shell.awaitExit() == .code(0))
    }

    /// The real worker, with a log of what it was started for.
    static func logging() throws -> Script {
        try Script("echo \"$1\" >>\"$0.log\"; exec \(Invocation.programs)/shmworker \"$@\"")
    }

    /// First arguments of all starts so far.
    var log: [String] { folder.text("worker.log").split(separator: "\n").map(String.init) }
}
