/// Why a measurement is none: processes that take part in it stood still, for a reason outside this program.
public struct Standstill: Sendable, Equatable {
    /// Who, for how long and when, and what does that: one line.
    public let text: String
    /// For how long, as far as it is known, ns.
    public let nanoseconds: UInt64

    init(text: String, nanoseconds: UInt64 = 0) {
        self.text = text
        self.nanoseconds = nanoseconds
    }

    /// That of pauses of this process, which do not come alone; `nil` where there is none.
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

    /// How often what stood still is done again.
    package static let repetitions = 3

    /// What to say when it stood still each time.
    package static func tooOften(_ last: Standstill) -> String {
        "its processes stood still in each of \(repetitions + 1) tries, which says nothing about a lock; let them run "
            + "undisturbed and try again (the last time, \(last.text))"
    }
}
