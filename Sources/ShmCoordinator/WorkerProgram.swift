internal import Glibc
internal import ShmHarness
internal import SystemPackage

/// The worker's executable, found and checked.
public struct WorkerProgram: Sendable {
    /// Why there is no usable worker.
    public enum Problem: Error, Sendable, CustomStringConvertible {
        /// There is no executable file.
        case missing(path: String)
        /// It is something else, or of another version.
        case mismatch(path: String, answer: String)

        /// One line that says what to do.
        public var description: String {
            switch self {
            case .missing(let path):
                "cannot find the worker program \(path): build it with `scripts/build-release` or `swift build`, or name it "
                    + "with --worker"
            case .mismatch(let path, let answer):
                "\(path) is not this program's worker: it answers \(answer.debugDescription) and not "
                    + "\(ToolVersion.workerLine.debugDescription); build both anew with `swift build`"
            }
        }
    }

    /// Its path.
    public let path: String

    /// Finds the worker beside this executable, or takes the given path, and asks it for its version.
    ///
    /// - Parameter loadsPlugins: whether it must be able to load a lock plugin.
    public init(path: String? = nil, loadsPlugins: Bool = false) throws(Problem) {
        let path = path ?? Self.besideThisExecutable() + (loadsPlugins ? "-dynamic" : "")
        guard unsafe access(path, X_OK) == 0 else { throw .missing(path: path) }
        let answer = Self.answer(of: path)
        guard answer == ToolVersion.workerLine else { throw .mismatch(path: path, answer: answer) }
        self.path = path
    }

    private static func besideThisExecutable() -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { return "shmworker" }
        let path = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/shmworker"
    }

    /// The first line that a program prints when asked for its version; empty when it prints none within two seconds.
    public static func answer(of path: String) -> String {
        guard let pipe = try? Pipe() else { return "" }
        defer { try? pipe.readEnd.close() }
        let child = try? ChildProcess(path, ["--version"], output: pipe.writeEnd)
        try? pipe.writeEnd.close()
        defer { child?.end() }
        if child == nil { return "" }
        var text: [UInt8] = []
        var poll = pollfd(fd: pipe.readEnd.rawValue, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 256)
        while text.count < 256, !text.contains(UInt8(ascii: "\n")), unsafe Glibc.poll(&poll, 1, 2000) > 0 {
            let count = unsafe read(pipe.readEnd.rawValue, &buffer, buffer.count)
            if count <= 0 { break }
            text += buffer[..<count]
        }
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
