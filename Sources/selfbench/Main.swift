internal import Glibc
internal import ShmCoordinator
internal import ShmHarness

/// The project's own bars: what the tool and the library promise about their cost, measured and judged. Every figure is
/// a ratio of two things measured by turns in this run, or a median of many.
///
///     selfbench [handle] [robust] [modes] [death] [segment] [loop] [locks] [start] [measuring] [turns] [merge] [statistics]
///
/// measures the named parts, or all. It prints a line per bar, and exits with 1 if one is missed. Run it through
/// `scripts/benchmark`, on a release build; it expects `shmworker` and `cbaseline` beside itself.
@main
enum Main {
    static func main() {
        let parts: [(name: String, measure: (inout Bars, String) throws -> Void)] = [
            ("handle", HandleCost.measure),
            ("robust", RobustCost.measure),
            ("modes", ModeCost.measure),
            ("death", DeathCost.measure),
            ("segment", SegmentCost.measure),
            ("loop", LoopCost.measure),
            ("locks", LoopCost.measureLocks),
            ("start", StartCost.measure),
            ("measuring", MeasuringCost.measure),
            ("turns", TurnVariance.measure),
            ("merge", MergeCost.measure),
            ("statistics", { report, _ in ErrorRates.measure(&report) }),
        ]
        guard let program = ProgramArguments.all.first, !program.isEmpty else {
            print("selfbench: cannot find its own folder; run it through scripts/benchmark")
            exit(64)
        }
        let wanted = ProgramArguments.given
        do {
            // Child processes of the parts.
            switch (wanted.first, wanted.count) {
            case ("handle-sample", 1): return try HandleCost.printSample()
            case ("bare", 4): return try MeasuringCost.printBare(Array(wanted.dropFirst()))
            case ("hold", 2): return try DeathCost.hold(wanted[1])
            case ("biased-handle", 1): return try ModeCost.printBiasedHandle()
            case ("robust-segment", 2): return try ModeCost.createSegment(wanted[1])
            case ("peer", 5): return try ModeCost.runPeer(Array(wanted.dropFirst()))
            case ("wait", 2): return DeathCost.wait(wanted[1])
            default: break
            }
        } catch {
            print(error)
            exit(1)
        }
        if let unknown = wanted.first(where: { name in !parts.contains { $0.name == name } }) {
            print("selfbench: invalid part '\(unknown)': expected \(parts.map(\.name).joined(separator: ", "))")
            exit(64)
        }
        let path = program.split(separator: "/", omittingEmptySubsequences: false)
        let folder = path.count > 1 ? path.dropLast().joined(separator: "/") : "."
        var report = Bars()
        Janitor.sweep()
        let janitor: Janitor
        do { janitor = try Janitor(WorkerProgram(path: "\(folder)/shmworker")) } catch {
            print("cannot start \(folder)/shmworker: \(error)")
            exit(1)
        }
        for part in parts where wanted.isEmpty || wanted.contains(part.name) {
            let lines = report.lines
            do { try part.measure(&report, folder) } catch {
                print("cannot measure \(part.name): \(error)")
                exit(1)
            }
            if report.lines == lines {
                print("cannot measure \(part.name): nothing was compared with a bar")
                exit(1)
            }
        }
        withExtendedLifetime(janitor) {}
        if report.missed > 0 { exit(1) }
    }
}

/// Prints each figure with its bar.
struct Bars {
    private(set) var (lines, missed) = (0, 0)

    mutating func line(_ what: String, _ value: Double, _ unit: String, atMost bar: Double) {
        lines += 1
        let ok = value <= bar
        if !ok { missed += 1 }
        print("\(ok ? "ok    " : "MISSED") \(what): \(rounded(value))\(unit) (bar \(rounded(bar))\(unit))")
    }

    mutating func note(_ text: String) { print("       \(text)") }
}

/// Three decimals, so that a value close to its bar shows on which side it is.
func rounded(_ value: Double) -> String {
    let thousandths = Int((value.magnitude * 1000).rounded())
    let part = String(thousandths % 1000)
    return "\(value < 0 ? "-" : "")\(thousandths / 1000)." + String(repeating: "0", count: 3 - part.count) + part
}
