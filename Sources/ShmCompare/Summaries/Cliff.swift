package import ShmCoordinator
internal import ShmCore

/// Locks that fall off a cliff: with more workers than CPUs, less than a hundredth is left of what they did with as many
/// as there are. Whoever is to have the lock next must first be scheduled, while those that are not spin through their
/// time slices.
package enum Cliff {
    /// The cells beyond the cliff.
    package static func fallen(_ summaries: [CellSummary], cpus: Int = Machine.current.cpus) -> Set<Cell> {
        var fallen: Set<Cell> = []
        for (_, lines) in Dictionary(grouping: summaries, by: \.cell.lock) {
            // One worker alone says little about a lock that is contended.
            let within = lines.filter { $0.cell.workers <= cpus }
            guard let before = (within.max { $0.cell.workers < $1.cell.workers })?.throughput else { continue }
            for line in lines where line.cell.workers > cpus {
                if let after = line.throughput, after * 100 < before { fallen.insert(line.cell) }
            }
        }
        return fallen
    }
}
