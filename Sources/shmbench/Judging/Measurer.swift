internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import SystemPackage

/// A process that measures rounds for one side of a comparison; see ``RoundRequest``.
final class Measurer {
    /// Its name in messages.
    let name: String
    private let process: ChildProcess
    private let requests: FileDescriptor
    private let answers: FileDescriptor
    private var text: [UInt8] = []
    private var columns: [String] = []

    /// The maximum time from the start until it is ready.
    private static let patience = Duration.seconds(30)

    /// Starts it.
    init(_ side: Side, name: String, seed: UInt64) throws {
        self.name = name
        // If it ends, writing a request fails; the signal would end this process without a message.
        signal(SIGPIPE, SIG_IGN)
        var program = OwnProgram.path
        var arguments = ["rounds", "--seed", "\(seed)"]
        switch side.thing {
        case .lock, .results: break
        case .plugin(let path): arguments += ["--lock-plugin", path]
        case .worker(let path): arguments += ["--worker", path]
        case .tool(let path): program = path
        }
        do {
            let (input, output) = (try Pipe(), try Pipe())
            (requests, answers) = (input.writeEnd, output.readEnd)
            defer {
                try? input.readEnd.close()
                try? output.writeEnd.close()
            }
            process = try ChildProcess(
                side.environment.isEmpty ? program : "/usr/bin/env",
                (side.environment.isEmpty ? [] : side.environment + [program]) + arguments, input: input.readEnd,
                output: output.writeEnd)
        } catch {
            throw Failure("cannot start \(program) for \(side.text): \(RefusalReason.reason(error))")
        }
        let greeting: String
        do { greeting = try line(by: .after(Self.patience)) } catch let failure as Failure
            where failure.cause == .trouble
        {
            throw Failure(
                "\(failure.message) before it could measure; if its commit is older than `shmbench compare`, compare with a later one"
            )
        }
        if greeting.hasPrefix(RoundRequest.refusal) {
            throw Failure("\(name): \(greeting.dropFirst(RoundRequest.refusal.count))")
        }
        guard greeting == RoundRequest.greeting else {
            throw Failure(
                "\(name): \(program) cannot measure for this program, since it answers \(greeting.debugDescription): build it from a commit that has `shmbench compare`"
            )
        }
        guard let header = try CSVLines(line(by: .after(Self.patience)) + "\n", path: name).records.first else {
            throw Failure("\(name): its measuring process sent no header")
        }
        columns = header.fields
    }

    /// Ends it as a user would, so that it leaves nothing. After 5 s it is killed, and its janitor cleans up.
    deinit {
        try? requests.close()
        process.send(SIGTERM)
        let patience = Patience.after(.seconds(5))
        while process.isRunning && !patience.hasPassed { usleep(500) }
        process.end()
        try? answers.close()
    }

    /// Measures a round.
    ///
    /// - Parameter wait: called ten times a second.
    func measure(_ request: RoundRequest, wait: () -> Void = {}) throws -> Record {
        do { _ = try requests.writeAll((request.line + "\n").utf8) } catch {
            throw Failure("\(name): its measuring process has ended; \(error)")
        }
        // A round without progress ends by itself; this limit is for a process that is stopped or lost. A worker that
        // makes progress may need a time slice of each worker for each window.
        let most = request.timing.total + request.timing.longestWarmup + 20 * request.stuckAfter + 60_000_000_000
        let answer = try line(by: .after(nanoseconds: Int64(most)), wait: wait)
        if answer.hasPrefix(RoundRequest.refusal) {
            throw Failure(
                "\(name): \(request.lock) with \(counted(request.load.workers, "worker")): \(answer.dropFirst(RoundRequest.refusal.count))"
            )
        }
        guard let fields = try CSVLines(answer + "\n", path: name).records.first?.fields, fields.count == columns.count
        else { throw Failure("\(name): its answer is not a row: \(answer.prefix(80).debugDescription)") }
        let record = Record(fields: Dictionary(zip(columns, fields)) { first, _ in first })
        if let ignored = record.ignored(of: request.load) {
            throw Failure(
                "\(name): its build measures \(ignored.column) of '\(record.text(ignored.column))' in place of '\(ignored.value(request.load).text)': leave out \(ignored.option), or compare with a build that has it"
            )
        }
        return record
    }

    private func line(by deadline: Patience, wait: () -> Void = {}) throws -> String {
        while true {
            if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                defer { text.removeSubrange(...end) }
                return String(decoding: text[..<end], as: UTF8.self)
            }
            if Interruption.hasCome { throw Failure("interrupted", cause: .interrupted) }
            if deadline.hasPassed {
                let state = ProcessState.description(of: process.pid)
                throw Failure("\(name): its measuring process (pid \(process.pid)) does not answer; it is \(state)")
            }
            var poll = pollfd(fd: answers.rawValue, events: Int16(POLLIN), revents: 0)
            if unsafe Glibc.poll(&poll, 1, 100) <= 0 {
                wait()
                continue
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(answers.rawValue, &buffer, buffer.count)
            if count == 0 { throw Failure("\(name): its measuring process \(process.awaitExit().explained)") }
            if count > 0 { text += buffer[..<count] }
        }
    }
}
