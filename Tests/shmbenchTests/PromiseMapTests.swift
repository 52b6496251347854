import Foundation
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

extension CommandLineSuite {
    /// Crash and stress tests of several machines: which promises were kept on all of them.
    @Suite struct PromiseMapTests {
        private static let formats = Renderers.all.map(\.name)

        /// The golden file of a command as if it were of a machine, with changes.
        private static func file(
            _ command: String, _ host: String, kernel: String = "6.1", _ change: (String) -> String = { $0 }
        ) throws -> (path: String, text: String) {
            let text = try #require(try Golden.all().first { $0.name == "\(command).csv" }?.text)
            return (
                "\(host).csv",
                change(
                    text.replacing(",VERSION,", with: ",0.1.0,").replacing(
                        ",MACHINE,", with: ",\(host),\(kernel),A CPU,2,"))
            )
        }

        /// Without the rows of a lock.
        private static func without(_ lock: String) -> (String) -> String {
            { $0.split(separator: "\n").filter { !$0.contains(",\(lock),") }.map { $0 + "\n" }.joined() }
        }

        private func crashes(_ files: [(path: String, text: String)]) throws -> PromiseMap {
            PromiseMap(try RecordedCrashes.machines(files))
        }

        @Test func `a lock keeps its promise everywhere, or is named with the machines that break it or lack it`()
            throws
        {
            let alone = try crashes([Self.file("crash", "n1"), Self.file("crash", "n2")])
            #expect(alone.machines == ["n1", "n2"] && alone.lines.allSatisfy { $0.outcomes.count == 2 })
            let map = try crashes([
                Self.file("crash", "n1"), Self.file("crash", "n2", Self.without("robust-futex")),
            ])
            let line = try #require(map.lines.first { $0.lock == "robust-futex" })
            #expect(line.kept == [0] && line.untested == [1] && line.broken.isEmpty && !line.isKeptEverywhere)
            #expect(!map.isComplete)
            let table = PromiseTable(map: map)
            #expect(table.sentences.contains { $0.hasPrefix("Not tested: ") && $0.contains("n2: robust-futex") })
            let broken = try #require(map.lines.first { !$0.broken.isEmpty })
            #expect(
                table.sentences.contains { $0.hasPrefix("\(broken.lock) breaks its promise on all 2: ") },
                "\(table.sentences)")
        }

        @Test func `one machine with two kernels counts as two`() throws {
            let map = try crashes([Self.file("crash", "n1"), Self.file("crash", "n1", kernel: "6.18")])
            #expect(map.machines == ["n1, 6.1", "n1, 6.18"])
        }

        @Test func `a path that only some machines tested is named`() throws {
            let map = try crashes([
                Self.file("crash", "n1"),
                Self.file("crash", "n2") { text in
                    // The first column of instructions of each row.
                    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                    let names = lines[0].split(separator: ",", omittingEmptySubsequences: false)
                    let index = names.firstIndex(of: "instructions_uncontended") ?? 0
                    return lines.enumerated().map { number, line in
                        var fields = line.split(separator: ",", omittingEmptySubsequences: false)
                        if number > 0 && fields.count == names.count { fields[index] = "" }
                        return fields.joined(separator: ",")
                    }.joined(separator: "\n")
                },
            ])
            let line = try #require(map.lines.first { !$0.partialPaths.isEmpty })
            #expect(line.partialPaths[0].path == "uncontended" && line.partialPaths[0].untested == [1])
            #expect(PromiseTable(map: map).sentences.contains { $0.contains("uncontended not on n2") })
        }

        @Test func `a lock under a fault is a promise of a stress test`() throws {
            let map = PromiseMap(
                try RecordedStress.machines([
                    Self.file("stress", "n1"),
                    Self.file("stress", "n2") {
                        // Another seed on each machine.
                        $0.replacing(/,7,(?=[a-z-]+,kill-holder)/, with: ",7,")
                    },
                ]))
            #expect(map.lines.allSatisfy { !$0.fault.isEmpty && $0.outcomes.count == 2 })
            let broken = try #require(map.lines.first { !$0.broken.isEmpty })
            #expect(broken.broken == [0, 1])
            #expect(
                PromiseTable(map: map).sentences.contains {
                    $0.hasPrefix("\(broken.lock) breaks its promise under \(broken.fault) on all 2: ")
                })
        }

        @Test(arguments: ["crash", "stress"], formats)
        func `the promises of three machines in every format`(command: String, format: String) throws {
            let folder = try Folder()
            let lock = command == "crash" ? "robust-futex" : "futex"
            let files = [
                try Self.file(command, "n1"), try Self.file(command, "n2"),
                try Self.file(command, "n3", Self.without(lock)),
            ]
            for file in files { try file.text.write(toFile: folder.path(file.path), atomically: true, encoding: .utf8) }
            let outcome = try Invocation(["report"] + files.map(\.path) + ["--format", format], in: folder).finish()
            #expect(outcome.exit == .code(3), "\(outcome.stderr)")
            if format == "csv" { return #expect(outcome.stdout.split(separator: "\n").count > 6) }
            try Golden.expect(outcome.stdout, "machines.\(command).\(format)")
            if format == "json" { try expectValid(outcome.stdout, command) }
        }

        @Test func `a task that left nothing makes the report incomplete`() throws {
            let report = Report(
                try RecordedCrashes.machines([Self.file("crash", "n1"), Self.file("crash", "n2")]),
                tasks: [MachineTask("n1", .complete), MachineTask("n2", .complete), MachineTask("n3", .missing(""))])
            #expect(report.text(Page()).contains("n3 has left nothing."))
            let json = try rendered(report, "json")
            #expect(json.contains("\"complete\":false") && json.contains("\"state\":\"missing\""))
            try expectValid(json, "crash")
            #expect(try rendered(report, "junit").contains("<error message=\"has left nothing\"/>"))
        }
    }
}
