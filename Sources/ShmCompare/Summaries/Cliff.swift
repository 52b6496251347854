internal import ShmCoordinator
internal import ShmRecord

/// Locks that fall off a cliff: with more workers than CPUs, less than a hundredth is left of what they did with as many
/// as there are. Whoever is to have the lock next must first be scheduled, while those that are not spin through their
/// time slices.
package enum Cliff {
    /// A lock under a load, with any number of workers.
    private struct Line: Hashable {
        var cell: CellID

        init(_ cell: CellID) {
            var load = cell.load
            load.workers = 0
            self.cell = CellID(lock: cell.lock, load: load)
        }
    }

    /// The cells beyond the cliff.
    package static func fallen(_ summaries: [CellSummary]) -> Set<CellID> {
        var fallen: Set<CellID> = []
        for (_, lines) in Dictionary(grouping: summaries, by: { Line($0.cell) }) {
            guard let cpus = lines.first?.records.first?.cpus else { continue }
            // One worker alone says little about a lock that is contended.
            let within = lines.filter { $0.load.workers <= cpus }
            guard let before = (within.max { $0.load.workers < $1.load.workers })?.throughput else { continue }
            for line in lines where line.load.workers > cpus {
                if let after = line.throughput, after * 100 < before { fallen.insert(line.cell) }
            }
        }
        return fallen
    }
}
