internal import CShm
internal import Glibc
internal import SystemPackage

extension SegmentHeader {
    /// Finds the header of the segment in a file: in the last page, or, if another program has extended the file, in
    /// the last page that completes a segment. `nil` if there is none.
    static func find(in file: FileDescriptor, fileSize: Int, pageSize: Int) throws(Problem) -> SegmentHeader? {
        var problem = Problem.notASegment
        if fileSize % pageSize == 0 {
            do throws(Problem) { return try read(file, end: fileSize, pageSize) } catch { problem = error }
        }
        for extent in dataExtents(of: file, fileSize: fileSize).reversed() {
            var end = extent.upperBound / pageSize * pageSize
            while end > extent.lowerBound {
                if let found = try? read(file, end: end, pageSize) { return found }
                end -= pageSize
            }
        }
        if problem != .notASegment { throw problem }
        return nil
    }

    private static func read(_ file: FileDescriptor, end: Int, _ pageSize: Int) throws(Problem) -> SegmentHeader {
        guard end >= 2 * pageSize else { throw .notASegment }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(file.rawValue, $0.baseAddress, $0.count, end - pageSize)
        }
        return try SegmentHeader(count == bytes.count ? bytes : [], end: end, pageSize: pageSize)
    }

    /// The ranges of a file that have storage. A segment's storage is reserved as a whole; an extension is mostly a
    /// hole.
    private static func dataExtents(of file: FileDescriptor, fileSize: Int) -> [Range<Int>] {
        var extents: [Range<Int>] = []
        var end = 0
        while end < fileSize {
            let start = lseek(file.rawValue, end, Int32(SHM_SEEK_DATA))
            guard start >= 0 else { break }
            let next = lseek(file.rawValue, start, Int32(SHM_SEEK_HOLE))
            guard next > start else { break }
            extents.append(start..<next)
            end = next
        }
        return extents
    }
}
