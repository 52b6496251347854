internal import Glibc

/// The project's own bars: what the tool and the library promise about their own cost, measured and judged. Every
/// figure is a ratio of two things measured in turn in this run, or a median over many.
///
///     housebench [WORKER] [CBASELINE]
///
/// Prints a line a bar, and exits with 1 when one is missed. Run it through `scripts/benchmark`, on a release build.
@main
enum Main {
    static func main() {
        let here = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        let folder = here.isEmpty ? "." : here
        var report = Report()
        do {
            try HandleCost.measure(&report)
            try SegmentCost.measure(&report)
            try LoopCost.measure(&report, folder: folder)
            try StartCost.measure(&report, folder: folder)
        } catch {
            print("cannot measure: \(error)")
            exit(1)
        }
        exit(report.missed == 0 ? 0 : 1)
    }
}

/// Prints each figure with its bar.
struct Report {
    private(set) var missed = 0

    mutating func line(_ what: String, _ value: Double, _ unit: String, atMost bar: Double) {
        let ok = value <= bar
        if !ok { missed += 1 }
        print("\(ok ? "ok    " : "MISSED") \(what): \(rounded(value))\(unit) (bar \(rounded(bar))\(unit))")
    }

    mutating func note(_ text: String) { print("       \(text)") }
}

/// Two decimals.
func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
}
