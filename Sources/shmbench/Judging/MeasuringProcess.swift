internal import Glibc
internal import ShmCoordinator
internal import ShmRecord
internal import SystemPackage

/// A process that measures for a comparison: it greets, sends the header of a results file, and answers each request, a line,
/// with lines.
final class MeasuringProcess {
    private let name: String
    private let process: ChildProcess
    private let requests: FileDescriptor
    private let answers: FileDescriptor
    private var text: [UInt8] = []
    private var columns: [String] = []

    /// The maximum time from the start until it is ready.
    private static let patience = Duration.seconds(30)

    /// Starts it.
    ///
    /// - Parameters:
    ///   - environment: assignments for its environment.
    ///   - side: what it measures, for the message of a failure to start it.
    ///   - name: its name in messages.
    ///   - greeting: its first line.
    init(
        _ program: String, _ arguments: [String], environment: [String] = [], of side: String, name: String,
        greeting expected: String
    ) throws {
        self.name = name
        // If it ends, writing a request fails; the signal would end this process without a message.
        signal(SIGPIPE, SIG_IGN)
        do {
            let (input, output) = (try Pipe(), try Pipe())
            (requests, answers) = (input.writeEnd, output.readEnd)
            defer {
                try? input.readEnd.close()
                try? output.writeEnd.close()
            }
            process = try ChildProcess(
                environment.isEmpty ? program : "/usr/bin/env",
                (environment.isEmpty ? [] : environment + [program]) + arguments, input: input.readEnd,
                output: output.writeEnd)
        } catch {
            throw Failure("cannot start \(program) for \(side): \(RefusalReason.reason(error))")
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
        guard greeting == expected else {
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

    /// Sends a request; returns the first line of the answer, unless it is an error.
    ///
    /// - Parameters:
    ///   - what: what is measured, for messages.
    ///   - wait: called ten times a second.
    func answer(to request: String, about what: String, by deadline: Patience, wait: () -> Void) throws -> String {
        try reply(to: request, about: what, by: deadline, wait: wait).get()
    }

    /// As ``answer(to:about:by:wait:)``, but an error that it answers is a result. What is thrown is that it does not answer.
    func reply(to request: String, about what: String, by deadline: Patience, wait: () -> Void) throws
        -> Result<String, Failure>
    {
        do { _ = try requests.writeAll((request + "\n").utf8) } catch {
            throw Failure("\(name): its measuring process has ended; \(error)")
        }
        let answer = try line(by: deadline, wait: wait)
        if answer.hasPrefix(RoundRequest.refusal) {
            return .failure(Failure("\(name): \(what): \(answer.dropFirst(RoundRequest.refusal.count))"))
        }
        return .success(answer)
    }

    /// The round in a line of its answer, which must be of the load that was asked for.
    func record(_ line: String, under load: Load) throws -> Record {
        guard let fields = try CSVLines(line + "\n", path: name).records.first?.fields, fields.count == columns.count
        else { throw Failure("\(name): its answer is not a row: \(line.prefix(80).debugDescription)") }
        let record = Record(fields: Dictionary(zip(columns, fields)) { first, _ in first })
        if let ignored = record.ignored(of: load) {
            throw Failure(
                "\(name): its build measures \(ignored.column) of '\(record.text(ignored.column))' in place of '\(ignored.value(load).text)': leave out \(ignored.option), or compare with a build that has it"
            )
        }
        return record
    }

    /// The next line that it writes.
    func line(by deadline: Patience, wait: () -> Void = {}) throws -> String {
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
