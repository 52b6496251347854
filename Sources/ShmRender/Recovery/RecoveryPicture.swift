internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// The distribution of the time from a kill to the next acquisition, by lock.
struct RecoveryPicture {
    let lines: [(lock: LockKind, times: TimeDistribution)]

    /// `nil` if no lock has two percentiles.
    var picture: Exhibit.Picture? {
        let known = lines.filter { $0.times.curve.count > 1 }
        if known.isEmpty { return nil }
        let first = [LockKind.default] + known.sorted { $0.times.middle ?? .max < $1.times.middle ?? .max }.map(\.lock)
        let chosen = Set(first.filter { lock in known.contains { $0.lock == lock } }.uniqued().prefix(TextPlot.most))
        let curves = known.map { lock, times in
            CurveDrawing.Curve(
                lock.name, .line, isChosen: chosen.contains(lock),
                times.curve.map { (x: 100 / (100 - $0.percent), y: Double($0.time)) })
        }
        return Exhibit.Picture(
            "Recovery by percentile",
            legend:
                "From the kill of an owner to the next acquisition, on logarithmic axes. A curve ends at the last percentile for which there were enough kills; of a results file, it has the percentiles of the file. The longest time is in the table.",
            .curves(
                CurveDrawing(
                    choice: .init(
                        group: "recovery", rule: "\(LockKind.default), and the locks with the shortest medians"),
                    [
                        .init(
                            "", x: .init("percentile", .percentile), y: .init("time from the kill", .time), curves)
                    ])), table(known))
    }

    private func table(_ lines: [(lock: LockKind, times: TimeDistribution)]) -> Exhibit.Table {
        let percents = [50, 90, 99, 99.9].filter { percent in lines.contains { $0.times.percentile(percent) != nil } }
        let titles = ["recoveries"] + percents.map { "p\($0 == 99.9 ? "99.9" : "\(Int($0))")" } + ["max"]
        return Exhibit.Table(
            "Recovery times by percentile", [.init("lock")] + titles.map { .init($0, isNumber: true) },
            lines.map { lock, times in
                let figures = percents.map { times.percentile($0) } + [times.longest]
                return [.init(lock.name), .init(Double(times.count)) { Figure.decimal($0, 0) }]
                    + figures.map { .init($0.map { Double($0) }, Figure.time) }
            })
    }
}
