internal import ShmCoordinator
internal import ShmHarness

extension Parameter {
    /// All parameters, in the order of their columns. Append new ones.
    package static let all: [Parameter] = [
        scenario, workers, criticalSection, think, counters, arrivals, rate, pinning, readPercent,
        sectionShares, touch, busyLoops, burst,
    ]

    /// Those that were added after the figures of schema 1, which other documents list after their figures, too.
    package static let added: [Parameter] = [sectionShares, touch, busyLoops, burst]

    package static let scenario = Parameter(
        "scenario", key: "name", valueName: nil, .name, \.scenario,
        "name of the workload; `default` if the command line defines it")

    package static let workers = Parameter(
        "workers", valueName: "n,m", .count(1...4096), \.workers,
        usual: "1,2; in `run` also four per CPU",
        "number of processes that contend for the lock")

    package static let criticalSection = Parameter(
        "critical_section_ns", key: "critical_section", valueName: "time", .section, \.section,
        "requested busy time inside the critical section, in addition to the counters; with shares of the workers that have a time each, as in `1:200ns,3:20us`, their weighted mean",
        phrase: { load in
            load.sectionShares.map { "critical sections \($0.text)" }
                ?? "critical section \(TimeSpan(nanoseconds: load.criticalSection))"
        })

    package static let think = Parameter(
        "think_ns", key: "think", valueName: "time", .time, \.think,
        "requested busy time between a release and the next attempt",
        phrase: { "think \(TimeSpan(nanoseconds: $0.think))" })

    package static let counters = Parameter(
        "counters", valueName: "n", .count(1...GuardedData.counterLimit), \.counters,
        "counters incremented in each critical section", phrase: { counted($0.counters, "counter") })

    package static let arrivals = Parameter(
        "arrivals", valueName: "kind", .choice([.poisson, .uniform, .burst], unasked: .closed, name: \.name),
        \.arrivalKind,
        usual: "poisson with --rate, else closed",
        "interarrival times of an open loop, `poisson`, `uniform`, or `burst` (several are due at once, at constant intervals); files have `closed` where a worker asks again after its think time"
    )

    package static let rate = Parameter(
        "rate_per_s", key: "rate", valueName: "n", .rate, \.dueRate, isOptional: true, usual: "none, a closed loop",
        "acquisitions per second that are due in an open loop, all workers together; latency counts from when each is due",
        phrase: { "\(Figure.rate($0.rate)) due, \($0.arrivalPhrase)" })

    package static let pinning = Parameter(
        "pinning", key: "pin", valueName: "kind", .choice(Pinning.allCases, name: \.rawValue), \.pinning,
        "assignment of workers to CPUs: `none` (the scheduler decides), `compact` (close together) or `spread` (far apart)",
        phrase: { "pinned \($0.pinning.rawValue)" })

    package static let readPercent = Parameter(
        "read_percent", valueName: "percent", .percent, \.readPercent, isOptional: true,
        "percentage of read-only critical sections; locks without a shared mode take them exclusively",
        phrase: { "\($0.readPercent)% read-only" })

    package static let sectionShares = Parameter(
        "critical_section_shares", key: criticalSection.key, valueName: nil, .shares, \.shares, isOptional: true,
        isDerived: true,
        "classes of workers with unequal critical sections, by ascending busy time: weight and requested busy time in ns of each, as in `1:200+3:20000`"
    )

    package static let touch = Parameter(
        "touch_bytes", key: "touch", valueName: "size", .touch, \.touch, isOptional: true,
        "bytes of shared memory that a critical section touches in addition to the counters: it increments a word in each cache line, and read-only sections read it",
        phrase: { "touch \(ByteSize(bytes: $0.touch))" })

    package static let busyLoops = Parameter(
        "busy_loops", valueName: "n", .count(0...4096), \.busyLoops, isOptional: true,
        "background load: processes that use CPU time during the windows, on any CPU, and take no part in the round",
        phrase: { counted($0.busyLoops, "busy loop") })

    package static let burst = Parameter(
        "burst", valueName: "n", .burst, \.burst, isOptional: true,
        usual: "\(Load.usualBurst) with --arrivals burst",
        "acquisitions that are due at once with `--arrivals burst`, dealt out to the workers in turn")
}

extension Load {
    /// The size of bursts that no option sets.
    fileprivate static let usualBurst = 16

    /// The kind of arrivals. Bursts have a size.
    fileprivate var arrivalKind: Arrivals.Spacing {
        get { spacing }
        set {
            spacing = newValue
            burst = newValue == .burst ? max(burst, Self.usualBurst) : 0
        }
    }
}

extension Load {
    /// The busy time of critical sections, as users write it.
    fileprivate var section: SectionTime {
        get { SectionTime(mean: criticalSection, shares: sectionShares) }
        set { (criticalSection, sectionShares) = (newValue.mean, newValue.shares) }
    }

    /// The shares, which determine the mean.
    fileprivate var shares: SectionShares? {
        get { sectionShares }
        set {
            sectionShares = newValue
            if let newValue { criticalSection = newValue.mean }
        }
    }
}

extension Load {
    /// The rate. A rate above 0 makes an open loop, with Poisson arrivals by default.
    fileprivate var dueRate: Double {
        get { rate }
        set {
            rate = newValue
            if newValue > 0 && !isOpen { spacing = .poisson }
        }
    }
}
