import Foundation
import ShmCompare
import ShmCoordinator
import ShmCore
import ShmRecord
import Testing

extension CommandLineSuite {
    /// The tables of the documents say what the committed results say.
    @Suite struct DocumentTableTests {
        /// The columns of a line that are two blanks or more apart.
        private func columns(_ line: Substring) -> [String] {
            line.split(separator: /\ {2,}/).map(String.init)
        }

        private func median(_ values: [Double]) throws -> Double {
            let sorted = values.sorted()
            let middle = sorted.count / 2
            try #require(!sorted.isEmpty)
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }

        @Test(arguments: [("README.md", 10), ("Documentation/Measuring.md", 42)])
        func `figures are those of the committed rounds`(document: String, count: Int) throws {
            let block = try #require(Documents.blocks(document).first { $0.first?.contains("1 worker ") == true })
            let records = try ResultsReader.read("\(Documents.root)/results/example.csv")
            func figure(_ lock: String, _ workers: Int, _ column: String) throws -> Double {
                try median(
                    records.filter { $0.lock == lock && $0.text("workers") == "\(workers)" }
                        .compactMap { $0.number(column) })
            }
            let summaries = try #require(MachineRounds.groups(records).first).summaries
            #expect(block.count == count + 1)
            for line in block.dropFirst() {
                let columns = columns(line)
                let name = columns[0].replacing("†", with: "")
                let properties = try #require(LockKind(named: name)).properties
                #expect(columns[0].hasSuffix("†") == properties.survivesOwnerDeath, "\(name)")
                let crowded = try #require(summaries.first { $0.lock == name && $0.load.workers == 8 })
                let expected =
                    try [1, 2, 8].map { Figure.rate(try figure(name, $0, "throughput_per_s")) } + [
                        crowded.p99.map(Figure.time) ?? "-",
                        Figure.decimal(try figure(name, 8, "fairness_jain"), 2),
                    ]
                #expect(Array(columns.dropFirst()) == expected, "\(name)")
            }
        }

        @Test func `rows of a run are those of the committed tables`() throws {
            let block = try #require(Documents.blocks("README.md").first { $0[0].contains("rate/s") })
            let tables = Documents.read("results/catalogue.md").components(separatedBy: "**8 workers**")
            let lines = try #require(tables.last).split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
                line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let heads = block[0].split(separator: " ").map(String.init)
            let places = try heads.map { try #require(lines[0].firstIndex(of: $0)) }
            #expect(block.count == 6)
            for row in block.dropFirst(2) {
                let words = row.split(separator: " ")
                let committed = try #require(lines.first { $0[0] == words[0] })
                #expect(words.joined(separator: " ") == places.map { committed[$0] }.joined(separator: " "))
            }
        }

        @Test(arguments: [("README.md", 9), ("Documentation/Stress.md", 42)])
        func `who survives whose death is what the committed matrix says`(document: String, count: Int) throws {
            let block = try #require(Documents.blocks(document).first { $0.first?.contains("holder waiter") == true })
            let deaths = Documents.read("results/survival.md").components(separatedBy: "**")[2]
            var matrix: [String: [String]] = [:]
            for line in deaths.split(separator: "\n") where line.hasPrefix("| ") {
                let cells = line.split(separator: "|").map { $0.split(separator: " ").first.map(String.init) ?? "" }
                matrix[cells[0]] = Array(cells.dropFirst())
            }
            let heads = try #require(matrix["lock"])
            #expect(block[0].split(separator: " ").dropFirst().map(String.init) == heads)
            #expect(block.count == count + 2)
            for line in block.dropFirst(2) {
                let words = line.split(separator: " ").map(String.init)
                #expect(Array(words.dropFirst()) == matrix[words[0]], "\(words[0])")
            }
        }

        @Test func `the error rates are those of the committed summary`() throws {
            let lines = Documents.read("results/error-rates.md").split(separator: "\n")
            let rows = Documents.prose("Documentation/Comparing.md").map(\.text).filter {
                $0.hasPrefix("| a lock with itself") || $0.hasPrefix("| slower by")
            }
            #expect(rows.count == 8)
            for row in rows {
                let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                let committed = try #require(
                    lines.map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
                        .first { $0.first == cells[0] })
                // Improvements and the longest comparison are left out.
                #expect(cells.dropFirst() == ([1, 2, 4, 5, 6, 7].map { committed[$0] })[...], "\(cells[0])")
            }
        }
    }
}
