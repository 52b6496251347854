internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// One of two things that are compared: `[NAME=VALUE …] THING`, where the thing is a lock's name, a lock plugin, a worker
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
    /// What its processes find in their environment beside this one's.
    let environment: [String]
    let thing: Thing

    init(_ argument: String) throws {
        text = argument
        var rest = argument[...]
        var variables: [String] = []
        while let space = rest.firstIndex(of: " "), Self.isAssignment(rest[..<space]) {
            variables.append(String(rest[..<space]))
            rest = rest[rest.index(after: space)...].drop { $0 == " " }
        }
        environment = variables
        thing = try Self.thing(String(rest))
        if !variables.isEmpty, case .results = thing {
            throw Failure("\(argument): a results file has no environment: leave out \(variables[0])", code: .usage)
        }
    }

    /// Whether it can be run.
    var isRunnable: Bool { if case .results = thing { false } else { true } }

    /// Whether it is a lock by itself, so that there is nothing to choose.
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

    private static func thing(_ text: String) throws -> Thing {
        if text.isEmpty {
            throw Failure(
                "there is nothing to compare: name a lock, a plugin, a worker or a results file", code: .usage)
        }
        if text.hasSuffix(".csv") { return .results(path: text) }
        if text.hasSuffix(".json") {
            throw Failure("\(text): results are compared as CSV; write them with --output NAME.csv", code: .usage)
        }
        if LockKind(named: text) != nil { return .lock(text) }
        guard unsafe access(text, F_OK) == 0 else {
            let nearest = LockSelection.nearest(to: text, among: LockKind.all.map(\.name))
            throw Failure(
                "\(text.debugDescription) is no lock of `shmbench list` and no file\(nearest.map { "; did you mean `\($0)`?" } ?? "")",
                code: .usage)
        }
        if text.hasSuffix(".so") { return .plugin(path: text.contains("/") ? text : "./" + text) }
        return try program(text)
    }

    /// A worker or a tool at a path, or in a folder.
    private static func program(_ path: String) throws -> Thing {
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
            throw Failure(
                "\(path) is neither a program nor a folder with a shmworker: build it with `scripts/build-release`",
                code: .usage)
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
