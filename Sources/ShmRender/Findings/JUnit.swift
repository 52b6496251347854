package import ShmCompare
package import ShmRecord

/// What a comparison found as a JUnit report, which CI servers show as tests: a suite for each cell, a case for each metric.
package enum JUnit {
    package static func document(_ findings: Findings) -> String { document(findings.cells.map(suite).joined()) }

    /// That there are no findings, and why: an error, since CI servers take a report without tests for a good one.
    package static func document(_ failure: Failure) -> String {
        document(
            """
              <testsuite name="shmbench" tests="1" failures="0" errors="1" skipped="0">
                <testcase classname="shmbench" name="comparison">
                  <error message="nothing was compared: \(escaped(failure.message))"/>
                </testcase>
              </testsuite>

            """)
    }

    private static func document(_ suites: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shmbench\">\n\(suites)</testsuites>\n"
    }

    private static func suite(_ cell: CellFinding) -> String {
        let metrics = cell.metrics.filter { $0.word != .missing }
        func count(_ words: Word...) -> Int { metrics.count { words.contains($0.word) } }
        let cases = metrics.map { test($0, cell) }.joined()
        return
            "  <testsuite name=\"\(escaped(cell.title))\" tests=\"\(metrics.count)\" failures=\"\(count(.slower, .broken))\" errors=\"\(count(.unjudged))\" skipped=\"\(count(.inconclusive))\">\n\(cases)  </testsuite>\n"
    }

    private static func test(_ finding: MetricFinding, _ cell: CellFinding) -> String {
        let text = finding.word == .broken || finding.word == .unjudged ? cell.note ?? "" : FindingsText.change(finding)
        let head = "    <testcase classname=\"\(escaped(cell.title))\" name=\"\(escaped(finding.metric.rawValue))\""
        func element(_ name: String) -> String {
            "\(head)>\n      <\(name) message=\"\(escaped(text))\"/>\n    </testcase>\n"
        }
        return switch finding.word {
        case .slower, .broken: element("failure")
        case .unjudged: element("error")
        case .inconclusive: element("skipped")
        case .same, .faster, .missing: "\(head)>\n      <system-out>\(escaped(text))</system-out>\n    </testcase>\n"
        }
    }

    /// XML 1.0 has no other control characters than these, escaped or not.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case _ where scalar.value < 0x20 || scalar.value & 0xfffe == 0xfffe: result += "�"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
