internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// One side of a comparison: `[NAME=VALUE …] THING`, where the thing is a lock's name, a lock plugin, a worker
/// program, a folder with one, or a results file.
struct Side {
    enum Thing: Equatable {
        case lock(String)
        case plugin(path: String)
        /// A worker that this program can start.
        case worker(path: String)
        /// Another build of this program, with workers of its own.
        case tool(path: String)
        case results(path: String)
    }

    /// As the user wrote it.
    let text: String
    /// Environment variables of its processes, in addition to those of this process.
    let environment: [String]
    let thing: Thing

    /// - Parameter name: the argument or option, for messages.
    init(_ argument: String, for name: String) throws {
        text = argument
        var rest = argument[...]
        var variables: [String] = []
        while let space = rest.firstIndex(of: " "), Self.isAssignment(rest[..<space]) {
            variables.append(String(rest[..<space]))
            rest = rest[rest.index(after: space)...].drop { $0 == " " }
        }
        environment = variables
        thing = try Self.thing(String(rest), name)
        if !variables.isEmpty, case .results = thing {
            throw Failure.invalid(
                argument, for: name, expected: "a results file without variables: leave out \(variables[0])")
        }
    }

    /// Whether it can be measured.
    var isRunnable: Bool { if case .results = thing { false } else { true } }

    /// The name of the lock, if the side is one.
    var lock: String? {
        switch thing {
        case .lock(let name): name
        case .plugin: "plugin"
        default: nil
        }
    }

    private static func isAssignment(_ word: Substring) -> Bool {
        guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return false }
        return word[..<sign].allSatisfy { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
    }

    private static let expected =
        "a lock of `shmbench list`, a plugin (.so), a worker program, a folder with one, or a results file (.csv)"

    private static func thing(_ text: String, _ name: String) throws -> Thing {
        if text.isEmpty { throw Failure.invalid(text, for: name, expected: expected) }
        if text.hasSuffix(".csv") { return .results(path: text) }
        if text.hasSuffix(".json") {
            throw Failure.invalid(text, for: name, expected: "results as CSV, as of `run --output NAME.csv`")
        }
        if LockKind(named: text) != nil { return .lock(text) }
        guard unsafe access(text, F_OK) == 0 else {
            throw Failure.unknown(text, for: name, expected: expected, among: LockKind.all.map(\.name))
        }
        if text.hasSuffix(".so") { return .plugin(path: text.contains("/") ? text : "./" + text) }
        return try program(text, name)
    }

    /// A worker or a tool at a path, or in a folder.
    private static func program(_ path: String, _ name: String) throws -> Thing {
        let folders = [path, "\(path)/.build/release"]
        for folder in folders where unsafe access("\(folder)/shmworker", X_OK) == 0 {
            let worker = "\(folder)/shmworker"
            do throws(WorkerProgram.Problem) {
                return .worker(path: try WorkerProgram(path: worker).path)
            } catch {
                // Of another version: its own coordinator can start it.
                let tool = "\(folder)/shmbench"
                if unsafe access(tool, X_OK) == 0 { return .tool(path: tool) }
                throw Failure(error.description)
            }
        }
        guard unsafe access(path, X_OK) == 0, !isFolder(path) else {
            throw Failure.invalid(
                path, for: name,
                expected: "a program, or a folder with a shmworker that `scripts/build-release` has built")
        }
        if WorkerProgram.answer(of: path).hasPrefix("shmbench ") { return .tool(path: path) }
        do throws(WorkerProgram.Problem) { return .worker(path: try WorkerProgram(path: path).path) } catch {
            throw Failure(error.description)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
