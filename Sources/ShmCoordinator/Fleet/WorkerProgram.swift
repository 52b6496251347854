internal import Glibc
internal import ShmHarness
internal import SystemPackage

/// The worker's executable, located and checked.
public struct WorkerProgram: Sendable {
    /// Why there is no usable worker.
    public enum Problem: Error, Sendable, CustomStringConvertible {
        /// There is no executable file at the path.
        case missing(path: String)
        /// It is another program, or another version.
        case mismatch(path: String, answer: String)
        /// It could not be started, or was killed before it answered.
        case refused(path: String, reason: String)

        /// One line that says what to do.
        public var description: String {
            switch self {
            case .missing(let path):
                "cannot find the worker program \(path): build it with `scripts/build-release` or `swift build`, or name it "
                    + "with --worker"
            case .mismatch(let path, let answer):
                "\(path) is not this program's worker: it answers \(answer.debugDescription) and not "
                    + "\(ToolVersion.workerLine.debugDescription); rebuild both with `swift build`"
            case .refused(let path, let reason): "cannot start \(path) to ask for its version: \(reason)"
            }
        }
    }

    /// The path of the executable that is started as a worker.
    public let path: String

    /// Locates the worker beside this executable, or takes the given path, and asks it for its version.
    ///
    /// - Parameter loadsPlugins: whether it must be able to load a lock plugin.
    public init(path: String? = nil, loadsPlugins: Bool = false) throws(Problem) {
        let path = path ?? Self.besideThisExecutable() + (loadsPlugins ? "-dynamic" : "")
        guard unsafe access(path, X_OK) == 0 else { throw .missing(path: path) }
        let answer = try Self.ask(path)
        guard answer == ToolVersion.workerLine else { throw .mismatch(path: path, answer: answer) }
        self.path = path
    }

    private static func besideThisExecutable() -> String {
        OwnProgram.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/shmworker"
    }

    /// The first line that a program prints when asked for its version; empty if it prints none.
    public static func answer(of path: String) -> String { (try? ask(path)) ?? "" }

    /// The same; throws if the machine keeps the program from answering.
    private static func ask(_ path: String) throws(Problem) -> String {
        let pipe: Pipe
        let child: ChildProcess
        do throws(Errno) { pipe = try Pipe() } catch {
            throw .refused(path: path, reason: RefusalReason.reason(error))
        }
        defer { try? pipe.readEnd.close() }
        do throws(Errno) {
            defer { try? pipe.writeEnd.close() }
            child = try ChildProcess(path, ["--version"], output: pipe.writeEnd)
        } catch {
            // Something that is no program, such as a directory, has no answer.
            if error == .permissionDenied || error == .execFormatError { return "" }
            throw .refused(path: path, reason: RefusalReason.reason(error))
        }
        defer { child.end() }
        let text = read(pipe.readEnd, of: child)
        if text.isEmpty {
            if let freeze = ProcessFreeze.description(of: child.pid) {
                throw .refused(path: path, reason: "process \(child.pid) \(freeze)")
            }
            if !child.isRunning, let exit = child.exit, case .signal = exit, exit.isOutside {
                throw .refused(path: path, reason: "it \(exit.explained)")
            }
        }
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Reads a program's output up to the end of its first line. A sleeping program gets two seconds; a program that
    /// waits for a CPU, or for its file to load, gets longer.
    private static func read(_ output: FileDescriptor, of child: ChildProcess) -> [UInt8] {
        var text: [UInt8] = []
        var poll = pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 256)
        let (soon, late) = (Patience.after(.seconds(2)), Patience.after(.seconds(20)))
        while text.count < 256, !text.contains(UInt8(ascii: "\n")) {
            if unsafe Glibc.poll(&poll, 1, 100) <= 0 {
                if late.hasPassed || (soon.hasPassed && ProcessState.isAsleep(child.pid)) { break }
                continue
            }
            let count = unsafe Glibc.read(output.rawValue, &buffer, buffer.count)
            if count <= 0 { break }
            text += buffer[..<count]
        }
        // A program that has closed its output has ended, or is about to.
        let end = Patience.after(.seconds(1))
        while text.isEmpty && child.isRunning && !soon.hasPassed && !end.hasPassed { usleep(1000) }
        return text
    }
}
