internal import ShmCoordinator
internal import ShmCore

/// The progress of a stress test: time, or faults that are injected a number of times.
struct StressProgress {
    private let steps: Int
    private let passed: () -> Double?
    private var done = 0
    private var what = ""
    private var line = ProgressLine()

    /// - Parameters:
    ///   - steps: the number of combinations of lock and fault.
    ///   - passed: the part of the time that has passed; `nil` if the test ends with its steps.
    init(steps: Int, passed: @escaping () -> Double?) {
        self.steps = steps
        self.passed = passed
    }

    /// A fault is about to be injected.
    mutating func begin(_ lock: LockKind, _ fault: Fault, total: [StressResult]) {
        what = "\(lock), \(fault.name)"
        show(total)
    }

    /// Shows the result of this fault so far, and of all before.
    mutating func look(_ result: StressResult, total: [StressResult]) {
        if line.isDue(share) { show(total + [result]) }
    }

    private var share: Double { passed() ?? Double(done) / Double(steps) }

    private mutating func show(_ results: [StressResult]) {
        let broken = results.count { !$0.isAsPromised }
        let counts = "\(results.reduce(0) { $0 + $1.episodes }) faults, \(results.reduce(0) { $0 + $1.kills }) kills, "
        line.show(
            share,
            "\(what): \(counts)"
                + (broken == 0 ? "no promise broken" : "\(broken) promise\(broken == 1 ? "" : "s") BROKEN"))
    }

    /// The fault is done.
    mutating func end() { done += 1 }

    func clear() { line.clear() }
}
