package import ShmCoordinator
internal import ShmRecord

/// The summaries of each lock under a load, by number of workers.
package struct Overview {
    package struct Line {
        package let lock: String
        /// The summaries by number of workers.
        package let cells: [Int: CellSummary]
        /// The summary with the largest number of workers; `nil` if the lock was not measured with it.
        package let most: CellSummary?

        package var survivesOwnerDeath: Bool { cells.values.contains(where: \.survivesOwnerDeath) }
        package var isAsPromised: Bool { cells.values.allSatisfy(\.isAsPromised) }
        fileprivate var excludes: Bool { cells.values.allSatisfy(\.excludes) }
    }

    /// The load, with the largest number of workers.
    package let load: Load
    /// Numbers of workers, ascending.
    package let workers: [Int]
    package let lines: [Line]

    /// One overview per load, over all numbers of workers.
    package static func all(_ summaries: [CellSummary], sort: SortKey) -> [Overview] {
        func key(_ summary: CellSummary) -> Load {
            var load = summary.load
            load.workers = 0
            return load
        }
        let groups = Dictionary(grouping: summaries, by: key)
        return summaries.map(key).uniqued().compactMap { groups[$0] }.map { Overview($0, sort: sort) }
    }

    private init(_ summaries: [CellSummary], sort: SortKey) {
        workers = Set(summaries.map(\.load.workers)).sorted()
        let most = workers.last ?? 0
        var load = summaries[0].load
        load.workers = most
        self.load = load
        let groups = Dictionary(grouping: summaries, by: \.lock)
        let lines = summaries.map(\.lock).uniqued().map { lock in
            let cells = Dictionary((groups[lock] ?? []).map { ($0.load.workers, $0) }) { first, _ in first }
            return Line(lock: lock, cells: cells, most: cells[most])
        }
        let sorted = lines.sorted { left, right in
            guard let left = left.most else { return false }
            return right.most.map { sort.sorts(left, $0) } ?? true
        }
        // Controls come last, in the catalogue's order.
        self.lines = sorted.filter(\.excludes) + lines.filter { !$0.excludes }
    }
}
