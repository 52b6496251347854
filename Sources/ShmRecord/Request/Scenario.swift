internal import ShmCoordinator
package import ShmCore
internal import SystemPackage
internal import TOMLKit

/// A scenario file: named workloads in TOML, each a `[[workload]]` table.
///
///     [[workload]]
///     name = "log-appender"
///     locks = ["robust-futex", "futex"]   # as --locks; default: all
///     workers = [2, 8]                     # as --workers
///     critical_section = ["0", "1us"]      # a list makes a grid: each combination is measured
///     think = "5us"
///     counters = 4
///     touch = "4KiB"
///     read_percent = 0
///     pin = "spread"
///     busy_loops = 2
///     rate = "50k"                         # an open loop, all workers together
///     arrivals = "burst"
///     burst = 16
///
///     [thresholds]                         # of `shmbench compare` and `check`
///     throughput = "5%"
///
/// Errors name the file and the line.
package enum Scenario {
    /// Parses the workloads of a scenario.
    ///
    /// - Parameters:
    ///   - path: the name of the file in error messages.
    ///   - locks: replace those of the file.
    ///   - workers: replace those of the file.
    ///   - stuckAfter: the watchdog's limit, ns, which critical section and think time must not exceed.
    ///   - threshold: validates a threshold; throws if it is invalid.
    /// - Throws: ``Failure`` with the code `usage`, which names file and line.
    package static func workloads(
        _ text: String, path: String, locks: [LockKind]?, workers: [Int]?, stuckAfter: Int,
        threshold: (_ name: String, _ value: String) throws -> Void
    ) throws -> [Workload] {
        let document: TOMLTable
        do { document = try TOMLTable(string: text) } catch let error as TOMLParseError {
            throw mistake(path, Int(error.source.begin.line), error.description)
        }
        let lines = Lines(text)
        for key in document.keys where key != "workload" && key != "thresholds" {
            throw mistake(
                path, lines.line(of: key, in: nil),
                "unknown key `\(key)`: expected [[workload]] tables or [thresholds]")
        }
        try thresholds(document, lines, path, threshold)
        guard let array = document["workload"]?.array, !array.isEmpty else {
            throw mistake(path, 1, "no workload: expected a [[workload]] table with a name")
        }
        var workloads: [Workload] = []
        for index in 0..<array.count {
            guard let table = array[index].table else {
                throw mistake(
                    path, lines.header(index), "invalid value for workload: expected a table, as in [[workload]]")
            }
            var reader = Reader(table: table) { key, problem in
                mistake(path, lines.line(of: key, in: index) ?? lines.header(index), problem)
            }
            let workload = try reader.workload(locks: locks, workers: workers)
            let name = workload.load.scenario
            if workloads.contains(where: { $0.load.scenario == name }) {
                throw mistake(
                    path, lines.line(of: "name", in: index),
                    "invalid value '\(name)' for name: expected another name, since two workloads have this one")
            }
            if let objection = workload.objection(stuckAfter: stuckAfter) {
                throw mistake(path, lines.header(index), objection)
            }
            workloads.append(workload)
        }
        return workloads
    }

    /// Parses the `[thresholds]` of a scenario.
    ///
    /// - Parameter read: takes the name of a metric and a value; throws if either is invalid.
    /// - Throws: ``Failure`` with the code `usage`, which names file and line.
    package static func thresholds(_ text: String, path: String, read: (_ name: String, _ value: String) throws -> Void)
        throws
    {
        do { try thresholds(TOMLTable(string: text), Lines(text), path, read) } catch let error as TOMLParseError {
            throw mistake(path, Int(error.source.begin.line), error.description)
        }
    }

    private static func thresholds(
        _ document: TOMLTable, _ lines: Lines, _ path: String, _ read: (String, String) throws -> Void
    ) throws {
        guard let value = document["thresholds"] else { return }
        guard let table = value.table else {
            throw mistake(
                path, lines.line(of: "thresholds", in: nil),
                "invalid value for thresholds: expected a table, as in [thresholds]")
        }
        for key in table.keys {
            do { try read(key, table[key]?.string ?? "") } catch let failure as Failure {
                throw mistake(path, lines.line(of: key, in: nil), failure.message)
            }
        }
    }

    private static func mistake(_ path: String, _ line: Int?, _ problem: String) -> Failure {
        Failure("\(path):\(line ?? 1): \(problem)", code: .usage)
    }

    /// Finds the lines of tables and keys: parsed values do not hold their positions.
    private struct Lines {
        private let lines: [Substring]

        init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }

        /// The line of the header of the workload with this index; lines count from 1.
        func header(_ index: Int) -> Int? {
            let headers = lines.indices.filter { isHeader(lines[$0]) }
            return index < headers.count ? headers[index] + 1 : nil
        }

        /// The line of a key in the workload with this index, or outside of workloads.
        func line(of key: String, in index: Int?) -> Int? {
            let start = index.map { header($0) ?? 1 } ?? 0
            for number in start..<max(start, lines.count) {
                if isHeader(lines[number]) && index != nil { break }
                let line = lines[number].drop { $0 == " " || $0 == "\t" || $0 == "[" || $0 == "\"" }
                if line.hasPrefix(key), let next = line.dropFirst(key.count).first, " \t=.]\"".contains(next) {
                    return number + 1
                }
            }
            return nil
        }

        private func isHeader(_ line: Substring) -> Bool {
            line.filter { $0 != " " && $0 != "\t" }.hasPrefix("[[workload]]")
        }
    }

    /// Reads one `[[workload]]` table.
    private struct Reader {
        let table: TOMLTable
        /// Creates the error for a key.
        let mistake: (_ key: String, _ problem: String) -> Failure

        private static let keys =
            [Parameter.scenario.key, "locks"]
            + Parameter.all.filter { !$0.isDerived && $0.key != Parameter.scenario.key }.map(\.key)

        mutating func workload(locks: [LockKind]?, workers: [Int]?) throws -> Workload {
            for key in table.keys where !Self.keys.contains(key) {
                throw mistake(key, "unknown key `\(key)` in a workload: expected \(Self.keys.joined(separator: ", "))")
            }
            if table[Parameter.scenario.key] == nil {
                throw mistake("name", "missing key name in a workload: expected name = \"…\"")
            }
            let given = try Parameter.ordered.filter {
                !$0.isDerived && $0.key != Parameter.workers.key
            }.compactMap(values)
            let points: [Load]
            do { points = try ParameterValues.combinations(given) } catch let failure as Failure {
                throw mistake(Parameter.scenario.key, failure.message)
            }
            if points.contains(where: \.lacksRate) {
                throw mistake("arrivals", "missing key rate beside arrivals: expected a rate, as in rate = \"50k\"")
            }
            if points.contains(where: \.hasOddBurst) {
                throw mistake("burst", "missing key arrivals beside burst: expected arrivals = \"burst\"")
            }
            return Workload(
                locks: try locks ?? kinds(),
                workers: try workers ?? counts() ?? Workload.fitting(Workload.usualWorkers, points), points)
        }

        /// The valid values of a parameter; `nil` if the table does not have its key.
        private func values(_ parameter: Parameter) throws -> ParameterValues? {
            guard let value = table[parameter.key] else { return nil }
            if let array = value.array, parameter.key == Parameter.scenario.key || array.isEmpty {
                throw mistake(
                    parameter.key,
                    "invalid value for \(parameter.key): expected \(array.isEmpty ? "at least one value" : "one name in quotation marks")"
                )
            }
            let items = value.array.map { array in (0..<array.count).map { array[$0] } } ?? [value]
            let values = ParameterValues(parameter, try items.map { try text($0, of: parameter) }, isInFile: true)
            do { _ = try ParameterValues.combinations([values]) } catch {
                throw mistake(parameter.key, (error as? Failure)?.message ?? "\(error)")
            }
            return values
        }

        private func text(_ value: any TOMLValueConvertible, of parameter: Parameter) throws -> String {
            if parameter.isBare && value.int == nil {
                throw mistake(
                    parameter.key,
                    "invalid value for \(parameter.key): expected a whole number without quotation marks, \(parameter.expected)"
                )
            }
            return value.string ?? value.int.map { "\($0)" } ?? value.double.map { Figure.decimal($0, 3) } ?? ""
        }

        private func kinds() throws -> [LockKind] {
            guard let value = table["locks"] else { return try LockSelection.kinds(["all"]) }
            let names = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
            guard !names.isEmpty, value.array.map({ $0.count == names.count }) ?? true else {
                throw mistake(
                    "locks", "invalid value for locks: expected names in quotation marks, as in locks = [\"futex\"]")
            }
            do { return try LockSelection.kinds(names, for: "locks") } catch {
                throw mistake("locks", (error as? Failure)?.message ?? "\(error)")
            }
        }

        private func counts() throws -> [Int]? {
            guard let value = table["workers"] else { return nil }
            let counts = value.int.map { [$0] } ?? value.array?.compactMap(\.int) ?? []
            guard !counts.isEmpty, value.array.map({ $0.count == counts.count }) ?? true else {
                throw mistake("workers", "invalid value for workers: expected whole numbers, as in workers = [1, 2, 8]")
            }
            do { return try WorkerCounts.counts(counts.map(String.init), for: "workers") } catch {
                throw mistake("workers", (error as? Failure)?.message ?? "\(error)")
            }
        }
    }
}

/// Reads scenario files.
package enum ScenarioFile {
    /// The size limit, bytes.
    private static let longest = 1 << 20

    package static func text(_ path: String) throws -> String {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            return try file.closeAfter {
                var bytes: [UInt8] = []
                while bytes.count <= longest {
                    let part = try unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                        count = unsafe try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                    }
                    if part.isEmpty { break }
                    bytes += part
                }
                guard bytes.count <= longest, let text = String(validating: bytes, as: UTF8.self) else {
                    throw Failure(
                        "cannot read the scenario \(path): expected UTF-8 text of at most 1 MiB", code: .usage)
                }
                return text
            }
        } catch let error as Errno {
            throw Failure(
                "cannot read the scenario \(path): \(error); scripts/scenarios has examples", code: .usage)
        }
    }
}
