internal import ShmCoordinator
internal import ShmCore

/// The progress of a stress test: time, or faults that are injected a number of times.
struct StressProgress {
    private let steps: Int
    private let passed: () -> Double?
    private var done = 0
    private var what = ""
    private var line: ProgressLine

    /// Shows that the test begins.
    static func firstLine(_ lock: LockKind, _ fault: Fault) -> ProgressLine {
        var line = ProgressLine()
        line.show(0, text(title(lock, fault), []))
        return line
    }

    /// - Parameters:
    ///   - line: the line that already shows that the test begins.
    ///   - steps: the number of combinations of lock and fault.
    ///   - passed: the part of the time that has passed; `nil` if the test ends with its steps.
    init(_ line: ProgressLine, steps: Int, passed: @escaping () -> Double?) {
        self.line = line
        self.steps = steps
        self.passed = passed
    }

    /// A fault is about to be injected.
    mutating func begin(_ lock: LockKind, _ fault: Fault, total: [StressResult]) {
        what = Self.title(lock, fault)
        show(total)
    }

    /// Shows the result of this fault so far, and of all before.
    mutating func look(_ result: StressResult, total: [StressResult]) {
        if line.isDue(share) { show(total + [result]) }
    }

    /// The time may be over before each lock has met each fault once, which ends the test.
    private var share: Double {
        let part = Double(done) / Double(steps)
        return passed().map { done < steps ? min($0, part) : $0 } ?? part
    }

    private mutating func show(_ results: [StressResult]) { line.show(share, Self.text(what, results)) }

    private static func title(_ lock: LockKind, _ fault: Fault) -> String { "\(lock), \(fault.name)" }

    private static func text(_ what: String, _ results: [StressResult]) -> String {
        let broken = results.count { !$0.isAsPromised }
        let (faults, kills) = (results.reduce(0) { $0 + $1.episodes }, results.reduce(0) { $0 + $1.kills })
        let counts = "\(counted(faults, "fault")), \(counted(kills, "kill")), "
        return "\(what): \(counts)" + (broken == 0 ? "no promise broken" : "\(counted(broken, "promise")) BROKEN")
    }

    /// The fault is done.
    mutating func end() { done += 1 }

    func clear() { line.clear() }
}
