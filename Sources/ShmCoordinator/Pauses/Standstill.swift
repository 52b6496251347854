/// Why a measurement is void: participating processes stood still, for a reason outside this program.
public struct Standstill: Sendable, Equatable {
    /// Which process, when and for how long, and the probable cause, in one line.
    public let text: String
    /// Duration as far as known, in ns.
    public let nanoseconds: UInt64

    init(text: String, nanoseconds: UInt64 = 0) {
        self.text = text
        self.nanoseconds = nanoseconds
    }

    /// The standstill of this process's pauses; `nil` if there are none.
    package init?(_ pauses: [ProcessPause]) {
        guard let longest = pauses.max(by: { $0.nanoseconds < $1.nanoseconds }) else { return nil }
        let what =
            switch longest.kind {
            case .stopped:
                "this program stood still for \(longest.when): stopped by a signal, a control group's freezer or a debugger, or "
                    + "its virtual machine was"
            case .suspended: "the machine slept for \(longest.when)"
            case .clockJump:
                "the time of day jumped ahead by \(longest.when): a virtual machine was resumed, or the clock was set"
            }
        let more = pauses.count > 1 ? " (and \(pauses.count - 1) more pauses)" : ""
        self.init(text: what + more, nanoseconds: pauses.reduce(0) { $0 + $1.nanoseconds })
    }

    /// How often a disturbed measurement is repeated.
    package static let repetitions = 3

    /// The message if every repetition was disturbed.
    package static func tooOften(_ last: Standstill) -> String {
        "its processes stood still in each of \(repetitions + 1) tries, which says nothing about a lock; let them run "
            + "undisturbed and try again (the last time, \(last.text))"
    }
}
