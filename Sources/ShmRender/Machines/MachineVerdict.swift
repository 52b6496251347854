internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The verdict on several machines: which lock is best where, and which is never far from the best.
struct MachineVerdict {
    let comparison: MachineComparison
    let titles: LoadTitles
    /// The axis whose values are kept apart on each machine; `nil` for none.
    var axis: MachineAxis?

    /// The number of loads that have sentences of their own; more have those over all loads.
    private static let mostLoads = 6
    /// The number of locks that are named as best somewhere.
    private static let mostWinners = 4

    var sentences: [String] {
        let single = comparison.loads.count <= Self.mostLoads ? comparison.loads : []
        return single.flatMap { load in
            [
                best(load),
                safest(load.lines, load.points.compactMap(\.self), at: titles.place(load.load), over: load.load),
            ].compactMap(\.self)
        } + [overall, references, unmeasured].compactMap(\.self)
    }

    private var machines: [ComparedMachine] { comparison.machines }

    private func of(_ part: Int, _ all: Int) -> String {
        part == all ? "all \(places(all))" : "\(part) of \(places(all))"
    }

    /// Machines with several values of an axis are several places.
    private func places(_ count: Int) -> String {
        axis.map { "\(count) pairs of machine and \($0.title)" } ?? counted(count, "machine")
    }

    // MARK: The best

    private func best(_ load: MachineLoad) -> String? {
        let points = load.points.compactMap(\.self)
        if points.count < 2 { return nil }
        let winners = load.lines.filter { $0.excludes && !$0.wins.isEmpty }.sorted { $0.wins.count > $1.wins.count }
        let named = winners.prefix(Self.mostWinners).map { line in
            "\(GridWords.name(line)) is best on \(place(line.wins, of: points.count))"
        }
        let others = winners.dropFirst(Self.mostWinners)
        let rest =
            others.isEmpty
            ? [] : ["\(counted(others.count, "other lock")) on \(others.map(\.wins.count).reduce(0, +))"]
        let tied = points.filter { if case .tied = $0.standing { true } else { false } }
        let ties = tied.isEmpty ? [] : ["no clear winner on \(place(tied, of: points.count))"]
        let parts = named + rest + ties
        return parts.isEmpty ? nil : "\(titles.place(load.load)): \(parts.joined(separator: "; "))."
    }

    /// A few machines by name, many by number.
    private func place(_ points: [GridPoint], of all: Int) -> String {
        if points.count == all { return of(all, all) }
        return points.count > 3
            ? of(points.count, all) : MachineWords.list(points.map { MachineWords.name($0, machines) })
    }

    // MARK: Never far from the best

    private var overall: String? {
        if comparison.overall.isEmpty { return nil }
        let points = comparison.loads.flatMap { $0.points.compactMap(\.self) }
        return safest(comparison.overall, points, at: "Over all loads", over: nil)
    }

    /// - Parameters:
    ///   - points: where the loads were measured.
    ///   - load: `nil` over all loads.
    private func safest(_ lines: [GridLine], _ points: [GridPoint], at place: String, over load: Load?) -> String? {
        let measured = Set(points.map { $0.place[0] }).count
        if lines.count(where: \.excludes) < 2 || measured < 2 { return nil }
        let everywhere =
            points.count == machines.count * (load == nil ? comparison.loads.count : 1)
            ? "on every machine" : "wherever it was measured"
        let (any, survivor) = MachineComparison.safest(lines)
        guard let any else { return "\(place): no lock has a figure wherever any lock has one." }
        let first = words(any, over: load, isFirst: true)
        if any.survivesOwnerDeath { return "\(place), \(everywhere): \(first)." }
        let second =
            survivor.map { "of the locks that survive their owner's death, \(words($0, over: load, isFirst: false))" }
            ?? "no lock that survives its owner's death has a figure everywhere"
        return "\(place), \(everywhere): \(first); \(second)."
    }

    /// `robust-futex† has at least 85% of the best lock's throughput (least on n3: 80–91%)`.
    private func words(_ line: GridLine, over load: Load?, isFirst: Bool) -> String {
        guard let least = line.least else { return GridWords.name(line) }
        let loads = Set(comparison.loads.map(\.load.isOpen))
        let (share, what, extreme) =
            load?.isOpen ?? (loads == [true])
            ? ("at most \(Figure.factor(1 / least.share))", "the best lock's p99", "most")
            : (
                "at least \(GridWords.share(least.share))%",
                loads.count > 1 && load == nil ? "of the best lock's figure" : "of the best lock's throughput", "least"
            )
        let name = "\(GridWords.name(line)) has \(share)\(isFirst ? " \(what)" : "")"
        if least.share >= 1 { return name }
        let under = load == nil ? ", \(titles.place(least.point.load))" : ""
        let interval = comparison.interval(line).map {
            ": \(GridWords.share($0.low))–\(GridWords.share($0.high))%"
        }
        let place = "\(extreme) on \(MachineWords.name(least.point, machines))\(under)"
        return "\(name) (\(place)\(extreme == "least" ? interval ?? "" : ""))"
    }

    // MARK: Gaps

    private var references: String? {
        if !comparison.hasReference {
            return
                "No ratios: \(comparison.reference) was not measured on any machine; name another lock with `--reference`."
        }
        let gaps = comparison.referenceGaps
        if gaps.isEmpty { return nil }
        let parts = gaps.map { "\(machines[$0.machine].name), \(titles.place($0.load))" }
        return "No ratios to \(comparison.reference), which has no figure there: \(MachineWords.list(parts))."
    }

    /// Locks that some of the machines measured, and others did not.
    private var unmeasured: String? {
        let parts = comparison.loads.flatMap { load in
            load.lines.compactMap { line -> String? in
                let without = machines.indices.filter { index in
                    load.points[index] != nil && machines[index].summary(line.lock, load.load) == nil
                }
                if without.isEmpty { return nil }
                return "\(line.lock) × \(load.load.workers) on \(MachineWords.list(without.map { machines[$0].name }))"
            }
        }
        let loads = comparison.loads.compactMap { load -> String? in
            let without = machines.indices.filter { load.points[$0] == nil }
            return without.isEmpty
                ? nil : "\(titles.place(load.load)) on \(MachineWords.list(without.map { machines[$0].name }))"
        }
        let all = loads + parts
        return all.isEmpty
            ? nil
            : "Not measured: \(all.prefix(6).joined(separator: "; "))\(all.count > 6 ? "; and \(all.count - 6) more" : "")."
    }
}
