internal import ShmCoordinator

/// A warning about the quality of figures: a code for programs, and a line for people.
package struct Warning: Equatable, Sendable {
    /// What a warning is about. Codes of documents for programs never change; a new warning has a new code.
    package enum Code: String, CaseIterable, Sendable {
        case clockFallback = "clock-fallback"
        case clockBackwards = "clock-backwards"
        case stolenTime = "stolen-time"
        case scaledFrequency = "scaled-frequency"
        case noisy
        case fewSamples = "few-samples"
        case outliers
        case notSteady = "not-steady"
        case apart = "workers-apart"
        case oversubscribed
        case heapUncounted = "heap-uncounted"
        case mixedKernels = "mixed-kernels"
        case mixedVersions = "mixed-versions"
        case mixedWindows = "mixed-windows"
        case severalMachines = "several-machines"
        case severalVersions = "several-versions"
        case severalSchemas = "several-schemas"
        case clockOffset = "clock-offset"
        case taskNote = "task-note"
        case misnamedMachine = "misnamed-machine"
        case unknownColumns = "unknown-columns"
        case otherMachine = "other-machine"
        case doubtfulMachine = "doubtful-machine"
        case discarded
        case controlPassed = "control-passed"
    }

    package let code: Code
    /// The cause, the cells and a remedy, in one line.
    package let text: String

    package init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }
}

extension [Warning] {
    mutating func add(_ code: Warning.Code, _ text: String) { append(Warning(code, text)) }

    /// Warns of what was discarded and repeated, such as kills, if anything was.
    package mutating func addDiscarded(_ count: Int, _ noun: String) {
        if count == 0 { return }
        add(
            .discarded,
            "\(counted(count, noun)) discarded and repeated, because processes were paused from outside; stop what pauses them"
        )
    }
}
