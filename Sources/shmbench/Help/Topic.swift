internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// A page of `shmbench help TOPIC`, from the tables that the program itself uses.
enum Topic: String, CaseIterable {
    case exitCodes = "exit-codes"
    case columns, locks, measuring

    /// The text, on a page.
    func text(_ page: Page) -> String {
        switch self {
        case .exitCodes: exitCodes(page)
        case .columns: columns(page)
        case .locks: locks(page)
        case .measuring: Self.measurement.map { page.wrapped($0) + "\n" }.joined(separator: "\n")
        }
    }

    private func exitCodes(_ page: Page) -> String {
        ExitStatus.allCases.map { page.hanging("\($0.rawValue)".padded(to: 4), $0.meaning) }.joined()
    }

    private func columns(_ page: Page) -> String {
        let intro =
            "The columns of results files (schema \(ResultColumn.schema)), with the short names that --metrics and --sort take. results/README.md has those of the other files."
        let rows = ResultColumn.all.map { field in
            let short = field.short.isEmpty ? "" : " (\(field.short.joined(separator: ", ")))"
            return page.wrapped("\(field.name)\(short)") + "\n" + page.hanging("    ", field.doc)
        }
        return page.wrapped(intro) + "\n\n" + rows.joined()
    }

    private func locks(_ page: Page) -> String {
        let intro = [
            "--locks takes names, separated by commas, and groups: \(LockSelection.groups.joined(separator: ", ")). `all` are the locks that this machine supports, `survivors` those after whose owner's death the others go on (EOWNERDEAD), the others are families.",
            "A name that is a lock and a family is the lock. `shmbench list` has all properties. A lock of your own comes with --lock-plugin FILE.",
        ]
        let width = (LockKind.all.map(\.name.count).max() ?? 0) + 2
        let rows = Catalogue.kinds.map { page.hanging($0.name.padded(to: width), $0.properties.summary) }
        return intro.map { page.wrapped($0) + "\n" }.joined(separator: "\n") + "\n" + rows.joined()
    }

    /// Documentation/Measuring.md in short.
    private static let measurement = [
        "A cell is one lock under one workload. A round is one fleet of new worker processes that measures one cell. Rounds of different cells run in random order, and figures are medians over rounds; ± is half the confidence interval of the median.",
        "Each round has three windows: throughput (no clock is read), latency (each acquisition is timed, into an HDR-style histogram), and order (a log of owners: hold time, handoff time, fairness).",
        "Closed loop (default): a worker asks again as soon as it is done, so a slow lock gets fewer requests and its latencies are too low. This error is called coordinated omission. Open loop (--rate): acquisitions are due at times of their own, response time counts from when each was due, and the error does not arise. `uncorrected_p99_ns` has the time from the call beside it.",
        Percent.notation
            + " Options that take one are --read-percent, --threshold and --false-alarms. --read-percent also accepts whole percents without the sign, as in 50.",
        "Fairness is Jain's index over the workers' counts: 1 is even. A lock may admit a newcomer ahead of waiters (barging), which is fast and less fair. A lock that wakes all waiters at once, of which one gets it, has a thundering herd: see voluntary_switches and user_s.",
        "Owner death: a robust lock reports the death of its owner to the next (EOWNERDEAD in pthread_mutex_lock). The kernel finds the mutexes of a dead thread in its robust list (set_robust_list(2)). --kills measures the time from a kill to the next acquisition; `shmbench crash` and `shmbench stress` test that the others go on.",
        "Integrity: workers increment counters under the lock without atomic instructions. Lost updates, or two owners at once, make the exit code 3. The controls `none` and `atomic-add` are not locks and must fail.",
        "Percentiles include one reading of the clock; the last lines of a report say how much. `shmbench doctor` lists what makes figures unreliable: frequency scaling, other load, steal time. Compare within one run: `shmbench compare` interleaves its rounds.",
    ]
}

extension Notation<Topic> {
    static let topic = choice(Topic.allCases, name: \.rawValue)
}
