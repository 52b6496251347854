/// A JUnit report, which CI servers show as tests.
package struct JUnitRenderer: Renderer {
    package let name = "junit"
    package let ending: String? = ".xml"

    package func render(_ report: Report, for page: Page) -> String {
        let suites = report.suites.map(Self.suite).joined()
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shmbench\">\n\(suites)</testsuites>\n"
    }

    private static func suite(_ suite: Report.Suite) -> String {
        func count(_ outcome: Report.Check.Outcome) -> Int { suite.checks.count { $0.outcome == outcome } }
        let cases = suite.checks.map { test($0, suite.title) }.joined()
        return
            "  <testsuite name=\"\(escaped(suite.title))\" tests=\"\(suite.checks.count)\" failures=\"\(count(.failed))\" errors=\"\(count(.error))\" skipped=\"\(count(.skipped))\">\n\(cases)  </testsuite>\n"
    }

    private static func test(_ check: Report.Check, _ title: String) -> String {
        let head = "    <testcase classname=\"\(escaped(title))\" name=\"\(escaped(check.name))\""
        func element(_ name: String) -> String {
            "\(head)>\n      <\(name) message=\"\(escaped(check.text))\"/>\n    </testcase>\n"
        }
        return switch check.outcome {
        case .failed: element("failure")
        case .error: element("error")
        case .skipped: element("skipped")
        case .passed: "\(head)>\n      <system-out>\(escaped(check.text))</system-out>\n    </testcase>\n"
        }
    }

    /// XML 1.0 allows no other control characters, even escaped.
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
