/// A histogram of nanoseconds with 3 significant digits, 1 ns to 1 min, in memory that somebody else owns.
///
/// The geometry is HdrHistogram's (Gil Tene): 2,048 linear sub-buckets, then 1,024 for each further power of two.
/// Recording is an index computation and one increment; it never allocates. One writer; a reader in another process
/// may see a count late.
@safe public struct LatencyHistogram {
    /// Cells.
    public static let cellCount = 27 * 1024
    /// Bytes of memory.
    public static let byteCount = cellCount * MemoryLayout<UInt32>.stride
    /// The largest value that is recorded as itself; larger ones are recorded as this.
    public static let highestValue: UInt64 = 60_000_000_000

    private static let subBucketBits = 11

    private let cells: UnsafeMutablePointer<UInt32>

    /// A view of zeroed memory of ``byteCount`` bytes.
    public init(_ memory: UnsafeMutableRawPointer) {
        unsafe cells = memory.assumingMemoryBound(to: UInt32.self)
    }

    /// Counts one value.
    @inline(__always)
    public func record(_ nanoseconds: UInt64) {
        let index = Self.index(of: nanoseconds)
        unsafe cells[index] = cells[index] &+ 1
    }

    /// The cell of a value.
    @inline(__always)
    public static func index(of nanoseconds: UInt64) -> Int {
        let value = min(nanoseconds, highestValue)
        let bucket = (UInt64.bitWidth - subBucketBits) - (value | (1 << subBucketBits - 1)).leadingZeroBitCount
        return bucket << (subBucketBits - 1) + Int(truncatingIfNeeded: value >> UInt64(bucket))
    }

    /// The smallest value of a cell.
    public static func lowestValue(of index: Int) -> UInt64 {
        let half = 1 << (subBucketBits - 1)
        if index < 2 * half { return UInt64(index) }
        let bucket = index / half - 1
        return UInt64(index - bucket * half) << UInt64(bucket)
    }

    /// Calls the body with the smallest value and the count of every cell that is not empty, smallest value first.
    public func forEachCell(_ body: (_ lowestValue: UInt64, _ count: UInt32) -> Void) {
        for index in 0..<Self.cellCount {
            let count = unsafe cells[index]
            if count > 0 { body(Self.lowestValue(of: index), count) }
        }
    }
}
