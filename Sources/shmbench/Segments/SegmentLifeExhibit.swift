internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// The times of segments as a picture: a view per lock, a row per operation and number of attachments.
struct SegmentLifeExhibit {
    let timings: [SegmentLife.Timing]
    /// The table of the figures.
    let table: Exhibit.Table

    var exhibit: Exhibit {
        let locks = timings.map(\.lock).uniqued()
        if locks.isEmpty { return Exhibit([]) }
        let views = locks.map { lock in
            RowDrawing.View("with a \(lock) lock", timings.filter { $0.lock == lock }.map(row))
        }
        let picture = Exhibit.Picture(
            "Operations of a segment's life",
            legend:
                "Points: p50, p90, p99 and p99.9, as far as there are enough samples; a cross: the longest time. The words have the median.",
            .rows(RowDrawing("time of the operation", .time, views)), table)
        return Exhibit([.init("Times", [.picture(picture)])])
    }

    private func row(_ timing: SegmentLife.Timing) -> RowDrawing.Row {
        let times = timing.times
        let percentiles = OperationTimes.percents.dropLast().compactMap { times[$0].map { Double($0) } }
        let attached = timing.attachments == 0 ? "" : ", \(timing.attachments) attached"
        return RowDrawing.Row(
            timing.operation + attached, points: percentiles,
            outliers: [times[100].map { Double($0) }].compactMap(\.self),
            text: percentiles.first.map(Figure.time) ?? "–")
    }
}
