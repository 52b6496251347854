import Glibc
import ShmCore

/// The handle, and the effect of each command on it.
final class Probe {
    let key: String
    let shared: SharedMemory
    /// Further handles that only stay attached.
    var others: [SharedMemory] = []
    /// A participant in the segment's lock, without the handle.
    var participant: Participant?
    /// A participant in the lock, without the handle.
    var primitive: Primitive?
    /// Further participants that only exist.
    var primitives: [Primitive] = []

    /// Whether a thread that has locked executes another program.
    var executes = false

    init(key: String) {
        self.key = key
        shared = SharedMemory(key: key)
    }

    /// Runs a command: its name and its arguments.
    func reply(to words: [String]) -> String {
        guard let name = words.first, let command = Self.commands[name] else { return "error unknownCommand" }
        do {
            let result = try command(self, Arguments(words: words.dropFirst()))
            return result.isEmpty ? "ok" : "ok \(result)"
        } catch let error as SharedMemoryError {
            return "error \(error.code) \(error)"
        } catch {
            return "error \(error)"
        }
    }

    typealias Command = @Sendable (Probe, Arguments) throws -> String

    private static let commands = [
        contentionCommands, confinementCommands, robustFutexCommands, robustFutexProcessCommands, primitiveCommands,
        killCommands, surroundingCommands, stormCommands, litmusCommands,
    ].reduce(segmentCommands) { $0.merging($1) { $1 } }
}

/// An unexpected result of a command.
struct Unexpected: Error {
    let what: String
}

/// `fork(2)`, which Swift hides because a child of a multithreaded process may do little. This process has one thread.
func forkProcess() -> pid_t {
    unsafe unsafeBitCast(dlsym(nil, "fork"), to: (@convention(c) () -> pid_t).self)()
}

/// A command's arguments, by position.
struct Arguments {
    struct Missing: Error {}

    let words: ArraySlice<String>

    func text(_ index: Int) throws -> String {
        guard index < words.count else { throw Missing() }
        return words[words.startIndex + index]
    }

    func number(_ index: Int, radix: Int = 10) throws -> Int {
        guard let number = Int(try text(index), radix: radix) else { throw Missing() }
        return number
    }

    func has(_ index: Int) -> Bool { index < words.count }
}
