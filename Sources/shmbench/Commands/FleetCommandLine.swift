internal import ArgumentParser
internal import Glibc
internal import ShmCluster
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// The command that each node of a fleet runs, checked here before anything is submitted.
struct FleetCommandLine {
    let kind: FleetKind
    /// As a task gets it, but for its share of the false-positive rate: files that it names are among the fleet's inputs.
    private let words: [String]
    /// The false-positive rate of the fleet, of a comparison.
    private let falseAlarms: Double?
    let payload: Payload
    /// The rows of each node's results; `nil` where they depend on the node.
    let expectedRows: Int?
    /// The time that a task is expected to take, in s.
    let expectedSeconds: Double

    /// - Parameter words: as on the command line; without the name of a command, those of `run`.
    init(_ words: [String]) throws {
        // A terminator divides the options of the fleet from those of its command.
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        let named = words.first.flatMap(FleetKind.init(rawValue:))
        if named == .compare {
            throw Failure("`shmbench fleet run compare` is `shmbench fleet compare BASE CANDIDATE`", code: .usage)
        }
        let (kind, arguments) = (named ?? .run, named == nil ? words : Array(words.dropFirst()))
        try Self.refuseOutputs(arguments)
        let expectation: FleetExpectation
        switch kind {
        case .run: expectation = try FleetExpectation(Run.parse(arguments))
        case .crash: expectation = try FleetExpectation(Crash.parse(arguments))
        case .stress: expectation = try FleetExpectation(Stress.parse(arguments))
        case .lifecycle, .compare: expectation = try FleetExpectation(Lifecycle.parse(arguments))
        }
        var payload = try Self.payload(hasPlugin: Self.has("--lock-plugin", arguments))
        var carried = Self.carried(arguments, &payload)
        if let window = expectation.window, !Self.has("--duration", arguments) {
            // By itself, each node would choose the length of its windows by its number of CPUs.
            carried += ["--duration", "\(window)ns"]
        }
        self.kind = kind
        self.words = [kind.rawValue] + carried
        falseAlarms = nil
        self.payload = payload
        (expectedRows, expectedSeconds) = (expectation.rows, expectation.seconds)
    }

    /// A comparison of two sides on each node.
    init(comparing words: [String]) throws {
        try Self.refuseOutputs(words)
        let compare = try Compare.parse(words)
        try compare.check()
        let sides = try [(compare.base, "<base>"), (compare.candidate, "<candidate>")].map { try Side($0.0, for: $0.1) }
        if let file = sides.first(where: { !$0.isRunnable }) {
            throw Failure(
                "\(file.text) is a results file: `shmbench fleet compare` measures; compare files with `shmbench compare`",
                code: .usage)
        }
        let hasPlugin = sides.contains { if case .plugin = $0.thing { true } else { false } }
        var payload = try Self.payload(hasPlugin: hasPlugin)
        let texts = sides.map { side in
            (side.environment + [Self.carried(side.thing, &payload)]).joined(separator: " ")
        }
        let options = try Self.options(words, of: compare)
        kind = .compare
        self.words =
            ["compare"] + Self.carried(Self.without(FleetPlan.falseAlarmsOption, options), &payload) + texts
        falseAlarms = compare.options.falseAlarms
        self.payload = payload
        expectedRows = nil
        let cells = try compare.cellCount(sides[0], sides[1])
        expectedSeconds = compare.maxTime.map { Double($0.nanoseconds) / 1e9 } ?? 30 * Double(cells)
    }

    /// The command of each of some tasks, which share the false-positive rate of the fleet.
    func command(tasks: Int) -> [String] {
        guard let falseAlarms else { return words }
        let share = [FleetPlan.falseAlarmsOption, Figure.decimal(falseAlarms / Double(max(1, tasks)), 10)]
        // The two sides come last.
        return words.dropLast(2) + share + words.suffix(2)
    }

    /// The programs of a fleet. The plugin that was loaded to check the command is for its tasks: the static worker, which is
    /// asked for its version, refuses to start with one.
    private static func payload(hasPlugin: Bool) throws -> Payload {
        unsafe unsetenv(PluginVariable.name)
        return try Payload(hasPlugin: hasPlugin)
    }

    /// Options that say where results go: each task's are in its own folder.
    private static let outputs = [
        "--output", "--format", "--history", "--commit", "--hgrm", "--trace", "--reports", "--plot",
    ]

    private static func refuseOutputs(_ words: [String]) throws {
        if let option = outputs.first(where: { has($0, words) }) {
            throw Failure(
                "\(option) is not for a fleet: leave it out; each task's results are in its folder, and `shmbench report FOLDER` shows them",
                code: .usage)
        }
    }

    private static func has(_ option: String, _ words: [String]) -> Bool {
        words.contains { $0 == option || $0.hasPrefix("\(option)=") }
    }

    /// The words with the files of options among the inputs.
    private static func carried(_ words: [String], _ payload: inout Payload) -> [String] {
        let options = ["--scenario", "--lock-plugin", "--worker"]
        var result: [String] = []
        for (index, word) in words.enumerated() {
            if index > 0 && options.contains(words[index - 1]) {
                result.append(payload.add(word))
            } else if let option = options.first(where: { word.hasPrefix("\($0)=") }) {
                result += [option, payload.add(String(word.dropFirst(option.count + 1)))]
            } else {
                result.append(word)
            }
        }
        return result
    }

    /// A side of a comparison as a task names it.
    private static func carried(_ thing: Side.Thing, _ payload: inout Payload) -> String {
        switch thing {
        case .lock(let name): return name
        case .results(let path), .plugin(let path): return payload.add(path)
        case .worker(let path): return payload.addBuild(worker: path, tool: nil)
        case .tool(let path):
            // Its coordinator looks for the worker beside it.
            let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            return payload.addBuild(worker: "\(folder)/shmworker", tool: path)
        }
    }

    /// The words of a comparison without its two sides.
    private static func options(_ words: [String], of compare: Compare) throws -> [String] {
        for second in words.indices.reversed() where words[second] == compare.candidate {
            for first in words.indices[..<second] where words[first] == compare.base {
                let rest = words.enumerated().filter { $0.offset != first && $0.offset != second }.map(\.element)
                // A word may also be the value of an option.
                let again = try? Compare.parse(rest.filter { $0 != "--" } + ["--", compare.base, compare.candidate])
                if again?.base == compare.base && again?.candidate == compare.candidate {
                    return rest.filter { $0 != "--" }
                }
            }
        }
        throw Failure("name the two sides as separate words, as in `shmbench fleet compare futex mcs`", code: .usage)
    }

    /// The words without an option and its value.
    private static func without(_ option: String, _ words: [String]) -> [String] {
        words.enumerated().filter { index, word in
            word != option && !word.hasPrefix("\(option)=") && !(index > 0 && words[index - 1] == option)
        }.map(\.element)
    }
}
