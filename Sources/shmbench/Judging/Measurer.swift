internal import ShmCoordinator
internal import ShmRecord

/// A process that measures rounds for one side of a comparison; see ``RoundRequest``.
final class Measurer {
    /// Its name in messages.
    let name: String
    private let process: MeasuringProcess

    /// Starts it.
    init(_ side: Side, name: String, seed: UInt64) throws {
        self.name = name
        var program = OwnProgram.path
        var arguments = ["rounds", "--seed", "\(seed)"]
        switch side.thing {
        case .lock, .results: break
        case .plugin(let path): arguments += ["--lock-plugin", path]
        case .worker(let path): arguments += ["--worker", path]
        case .tool(let path): program = path
        }
        process = try MeasuringProcess(
            program, arguments, environment: side.environment, of: side.text, name: name,
            greeting: RoundRequest.greeting)
    }

    /// Measures a round.
    ///
    /// - Parameter wait: called ten times a second.
    func measure(_ request: RoundRequest, wait: () -> Void = {}) throws -> Record {
        // A round without progress ends by itself; this limit is for a process that is stopped or lost. A worker that
        // makes progress may need a time slice of each worker for each window.
        let most = request.timing.total + request.timing.longestWarmup + 20 * request.stuckAfter + 60_000_000_000
        let answer = try process.answer(
            to: request.line, about: "\(request.lock) with \(counted(request.load.workers, "worker"))",
            by: .after(nanoseconds: Int64(most)), wait: wait)
        return try process.record(answer, under: request.load)
    }

    /// Counts the instructions and system calls of a lock's paths. A refusal is a result, as of a machine that does not permit
    /// tracing, or of a build that cannot count.
    func count(_ lock: String, repetitions: Int) throws -> Result<[PathCost], Failure> {
        let request = PathCostRequest(lock: lock, repetitions: repetitions)
        let reply = try process.reply(
            to: request.line, about: "instructions of \(lock)", by: .after(.seconds(60)), wait: {})
        switch reply {
        case .failure(let refusal): return .failure(refusal)
        case .success(let answer):
            guard let costs = PathCostRequest.costs(answer) else {
                throw Failure("\(name): its answer is no count: \(answer.prefix(80).debugDescription)")
            }
            return .success(costs)
        }
    }
}
