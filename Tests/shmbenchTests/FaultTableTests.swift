import Foundation
import ShmCoordinator
import ShmCore
import TestSupport
import Testing

extension CommandLineSuite.Faults {
    /// The table of faults: each is described once, and that is what users read, and what is played.
    @Suite struct FaultTableTests {
        private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path

        /// Without what a line break in the middle of a sentence adds.
        private static func unwrapped(_ text: String) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }

        @Test func `no two faults have a name or a column's head in common, and a head fits its column`() {
            #expect(Set(Fault.allCases.map(\.name)).count == Fault.allCases.count)
            #expect(Set(Fault.allCases.map(\.title)).count == Fault.allCases.count)
            for fault in Fault.allCases {
                #expect(fault.title.count <= 6 && !fault.name.contains { $0 == "," || $0 == " " }, "\(fault.name)")
                #expect(Fault(named: fault.name) == fault)
            }
            #expect(Fault(named: "kill-holdr") == nil)
        }

        @Test func `the help describes every fault`() throws {
            let outcome = try Invocation(["stress", "--help"]).finish(within: .seconds(20))
            let help = Self.unwrapped(outcome.stdout)
            for fault in Fault.allCases { #expect(help.contains("\(fault.name): \(fault.summary).")) }
        }

        @Test func `the documents describe every fault, and no other`() throws {
            let document = try String(contentsOfFile: "\(Self.root)/results/README.md", encoding: .utf8)
            let lines = document.split(separator: "\n")
            let begin = try #require(lines.firstIndex { $0.hasPrefix("| fault |") })
            let table = lines[(begin + 2)...].prefix { $0.hasPrefix("|") }
            #expect(table.map(String.init) == Fault.allCases.map { "| `\($0.name)` | \($0.summary) |" })
        }

        @Test(arguments: Fault.allCases.map(\.name))
        func `every fault is played once, and robust-futex survives it`(name: String) throws {
            let fault = try #require(Fault(named: name))
            let traces = Traces()
            let outcome = try Invocation([
                "stress", "--locks", "robust-futex", "--faults", name, "--episodes", "1", "--seed", "1", "--format",
                "csv",
            ]).finish(within: .seconds(50))
            let row = try #require(try Table(outcome.stdout).rows.first)
            #expect(row["fault"] == name)
            guard row["verdict"] != "n/a" else {
                // Not here: nothing was tried, which is no success.
                #expect(outcome.exit == .code(1) && row["episodes"] == "0")
                return
            }
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(row["episodes"] == "1" && row["as_promised"] == "yes", "\(row)")
            if fault.aim == .death { #expect(row["kills"].flatMap { Int($0) } ?? 0 > 0) }
            if let exercise = fault.exercise {
                #expect(row["exercised"]?.split(separator: " ").map(String.init).contains(exercise.name) == true)
            }
            #expect(traces.left() == [])
        }
    }
}
