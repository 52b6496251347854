internal import ShmCoordinator
internal import ShmRecord

/// Finds locks that collapse under oversubscription: with more workers than CPUs, their throughput is less than a hundredth
/// of that without. The next owner must first be scheduled, while other waiters spin through their time slices.
package enum Collapse {
    /// A lock under a load, with any number of workers.
    private struct Line: Hashable {
        var cell: CellID

        init(_ cell: CellID) {
            var load = cell.load
            load.workers = 0
            self.cell = CellID(lock: cell.lock, load: load)
        }
    }

    /// The oversubscribed cells whose throughput collapsed.
    package static func fallen(_ summaries: [CellSummary]) -> Set<CellID> {
        var fallen: Set<CellID> = []
        for (_, lines) in Dictionary(grouping: summaries, by: { Line($0.cell) }) {
            guard let cpus = lines.first?.records.first?.cpus else { continue }
            // The largest number of workers that fits the CPUs: one worker alone has no contention.
            let within = lines.filter { $0.load.workers <= cpus }
            guard let before = (within.max { $0.load.workers < $1.load.workers })?.throughput else { continue }
            for line in lines where line.load.workers > cpus {
                if let after = line.throughput, after * 100 < before { fallen.insert(line.cell) }
            }
        }
        return fallen
    }
}
