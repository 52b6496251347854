/// Explains which cells lack rounds: the file was truncated between two lines, or the run was interrupted.
package enum RoundGap {
    /// `nil` if all cells of each run have the same number of rounds.
    ///
    /// - Parameter cells: each cell with the run of each of its rounds.
    package static func text(_ cells: some Sequence<(CellID, [String])>) -> String? {
        var runs: [String: [(cell: CellID, count: Int)]] = [:]
        for (cell, rounds) in cells {
            for (run, count) in Dictionary(rounds.map { ($0, 1) }, uniquingKeysWith: +) {
                runs[run, default: []].append((cell, count))
            }
        }
        for (run, cells) in runs.sorted(by: { $0.key < $1.key }) {
            guard let most = cells.map(\.count).max(),
                let short = cells.filter({ $0.count < most }).map(\.cell.title).min()
            else { continue }
            return
                "lacks rounds: expected \(most) of each cell of the run \(run), but \(short) has fewer; the file is truncated, or the run was interrupted"
        }
        return nil
    }
}
