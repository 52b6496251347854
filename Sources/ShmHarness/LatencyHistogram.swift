/// A histogram of durations from 1 ns to 1 min, in memory that the caller owns.
///
/// Its geometry is HdrHistogram's (Gil Tene): linear sub-buckets, then half as many for each further power of two.
/// Recording computes an index and increments a cell; it never allocates. There is one writer; a reader in another
/// process may see a count late.
@safe public struct LatencyHistogram {
    /// The resolution.
    public struct Geometry: Sendable, Equatable {
        /// 3 significant digits, 108 KiB: 2,048 linear sub-buckets.
        @inlinable public static var threeDigits: Geometry { Geometry(subBucketBits: 11) }
        /// 2 significant digits, 15 KiB: 256 linear sub-buckets.
        @inlinable public static var twoDigits: Geometry { Geometry(subBucketBits: 8) }

        /// The largest value that can be recorded; larger values are recorded as this one.
        @inlinable public static var highestValue: UInt64 { 60_000_000_000 }

        @usableFromInline let subBucketBits: Int

        @inlinable
        init(subBucketBits: Int) { self.subBucketBits = subBucketBits }

        /// The number of cells: two halves of linear sub-buckets, and one half for each further power of two up to 2³⁶.
        @inlinable public var cellCount: Int { (36 - subBucketBits + 2) << (subBucketBits - 1) }
        /// Size in memory, in bytes.
        @inlinable public var byteCount: Int { cellCount * MemoryLayout<UInt32>.stride }

        /// The cell of a value.
        @inlinable @inline(__always)
        public func index(of nanoseconds: UInt64) -> Int {
            let value = min(nanoseconds, Self.highestValue)
            let bucket =
                (UInt64.bitWidth &- subBucketBits) &- (value | (1 &<< UInt64(subBucketBits) &- 1)).leadingZeroBitCount
            return bucket &<< (subBucketBits &- 1) &+ Int(truncatingIfNeeded: value &>> UInt64(bucket))
        }

        /// The smallest value of a cell.
        public func lowestValue(of index: Int) -> UInt64 {
            let half = 1 << (subBucketBits - 1)
            if index < 2 * half { return UInt64(index) }
            let bucket = index / half - 1
            return UInt64(index - bucket * half) << UInt64(bucket)
        }
    }

    /// The resolution.
    public let geometry: Geometry
    @usableFromInline let cells: UnsafeMutablePointer<UInt32>

    /// Creates a view of zeroed memory of the geometry's ``Geometry/byteCount``.
    @inlinable
    public init(_ memory: UnsafeMutableRawPointer, _ geometry: Geometry = .threeDigits) {
        unsafe cells = memory.assumingMemoryBound(to: UInt32.self)
        self.geometry = geometry
    }

    /// Counts one value.
    @inlinable @inline(__always)
    public func record(_ nanoseconds: UInt64) {
        let index = geometry.index(of: nanoseconds)
        unsafe cells[index] = cells[index] &+ 1
    }

    /// Adds the cells to sums over histograms of the same geometry.
    public func add(to sums: inout [UInt64]) {
        let count = geometry.cellCount
        precondition(sums.count == count)
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            for index in 0..<count { unsafe sums[index] &+= UInt64(cells[index]) }
        }
    }
}
