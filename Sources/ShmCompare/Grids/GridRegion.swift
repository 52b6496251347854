/// The part of a grid that holds some of its points: on each axis the values from the first to the last that they have.
package struct GridRegion {
    /// The values on one axis.
    package struct Range {
        package let axis: GridAxis
        package let indices: ClosedRange<Int>

        /// Whether it has only some of the axis' values.
        package var isPart: Bool { indices.count < axis.positions.count }
    }

    /// The axes of which the points have only some values; none if the points are spread over the whole grid.
    package let ranges: [Range]
    /// Whether every measured point of the region is one of them.
    package let isFilled: Bool

    /// - Parameter points: at least one of the grid's.
    package init(_ points: [GridPoint], in grid: LoadGrid) {
        let all = grid.axes.enumerated().map { index, axis in
            let values = points.map { $0.place[index] }
            return Range(axis: axis, indices: (values.min() ?? 0)...(values.max() ?? 0))
        }
        // Words have no order, so values between the first and the last of them are no range.
        ranges = all.filter { $0.isPart && ($0.axis.isOrdered || $0.indices.count == 1) }
        let within = grid.points.count { point in
            zip(grid.axes.indices, all).allSatisfy { index, range in
                let isRange = range.axis.isOrdered || range.indices.count == 1
                return !isRange || range.indices.contains(point.place[index])
            }
        }
        isFilled = within == points.count
    }
}
