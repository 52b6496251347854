internal import ShmCoordinator
internal import ShmHarness

extension Parameter {
    /// All of them, in the order of their columns. A new one comes at the end.
    package static let all: [Parameter] = [
        scenario, workers, criticalSection, think, counters, arrivals, rate, pinning, readPercent,
    ]

    package static let scenario = Parameter(
        "scenario", key: "name", valueName: nil, .name, \.scenario, "its name; `default` for the command line's")

    package static let workers = Parameter(
        "workers", valueName: "n,m", .count(1...4096), \.workers, hasDefault: false, "processes that contend")

    package static let criticalSection = Parameter(
        "critical_section_ns", key: "critical_section", valueName: "time", .time, \.criticalSection,
        "busy time asked for inside the critical section, beside the counters",
        phrase: { "critical section \(TimeSpan(nanoseconds: $0.criticalSection))" })

    package static let think = Parameter(
        "think_ns", key: "think", valueName: "time", .time, \.think,
        "busy time asked for between a release and the next attempt",
        phrase: { "think \(TimeSpan(nanoseconds: $0.think))" })

    package static let counters = Parameter(
        "counters", valueName: "n", .count(1...GuardedData.counterLimit), \.counters,
        "counters incremented in each critical section", phrase: { "\($0.counters) counters" })

    package static let arrivals = Parameter(
        "arrivals", valueName: "kind", .choice([.poisson, .uniform], unasked: .closed, name: \.name), \.spacing,
        hasDefault: false,
        "spacing of the arrivals of an open loop, `poisson` or `uniform`; `closed` where a worker asks again as soon as it has released and thought"
    )

    package static let rate = Parameter(
        "rate_per_s", key: "rate", valueName: "n", .rate, \.dueRate, isOptional: true, hasDefault: false,
        "acquisitions a second that are due in an open loop, of all workers together; latency counts from when each is due",
        phrase: { "\(Figure.rate($0.rate)) due, \($0.spacing.name)" })

    package static let pinning = Parameter(
        "pinning", key: "pin", valueName: "kind", .choice(Pinning.allCases, name: \.rawValue), \.pinning,
        "CPUs that workers run on: `none` (wherever the scheduler puts them), `compact` (close together) or `spread` (far apart)",
        phrase: { "pinned \($0.pinning.rawValue)" })

    package static let readPercent = Parameter(
        "read_percent", valueName: "n", .count(0...100), \.readPercent, isOptional: true,
        "percentage of read-only critical sections; locks without a shared mode take them exclusively",
        phrase: { "\($0.readPercent)% only read" })
}

extension Load {
    /// The rate; one makes an open loop, of Poisson arrivals where nothing else is asked for.
    fileprivate var dueRate: Double {
        get { rate }
        set {
            rate = newValue
            if newValue > 0 && !isOpen { spacing = .poisson }
        }
    }
}
