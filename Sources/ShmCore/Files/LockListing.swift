internal import CShm
internal import Glibc
internal import SystemPackage

/// The locks that `/proc/locks` shows (`proc_locks(5)`). It shows those of all processes, also of other PID namespaces:
/// an open-file-description lock belongs to no process.
struct LockListing {
    static let path = "/proc/locks"

    /// The number of bytes about other files only after which the list is not read on.
    private static let patience = 256 << 10

    /// The file as a line shows it, between two spaces: `MAJOR:MINOR:INODE`, two hexadecimal numbers and a decimal one.
    private let name: [UInt8]
    private let range: ClosedRange<Int64>
    private var found: [Int64] = []

    /// The single bytes in a range of a file on which a lock is held, as far as the list shows them: sorted, and each
    /// once. A byte in the result was locked at some time of this call. A locked byte may be missing.
    static func bytes(of file: FileDescriptor, in range: ClosedRange<Int64>, list: String = path) -> [Int64] {
        guard let status = try? SegmentFile.status(of: file),
            let source = try? SystemCall.descriptor(unsafe shm_open_path(list, O_RDONLY | O_CLOEXEC, 0))
        else { return [] }
        defer { try? source.close() }
        var listing = LockListing(status, range)
        listing.read(source)
        listing.found.sort()
        // A lock that is taken between two reads shifts the list, which then shows a line twice.
        var unique: [Int64] = []
        unique.reserveCapacity(listing.found.count)
        for byte in listing.found where byte != unique.last { unique.append(byte) }
        return unique
    }

    private init(_ status: stat, _ range: ClosedRange<Int64>) {
        func hexadecimal(_ number: UInt64) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
        let device = UInt64(status.st_dev)
        let major = device >> 8 & 0xfff | device >> 32 & ~0xfff
        let minor = device & 0xff | device >> 12 & ~0xff
        name = Array(" \(hexadecimal(major)):\(hexadecimal(minor & 0xffff_ffff)):\(status.st_ino) ".utf8)
        self.range = range
    }

    private mutating func read(_ source: FileDescriptor) {
        // The kernel returns whole lines, a page of them at most.
        var text = [UInt8](repeating: 0, count: SegmentLayout.pageSize)
        var others = 0
        while let count = try? unsafe text.withUnsafeMutableBytes({ try unsafe source.read(into: $0) }), count > 0 {
            let before = found.count
            var start = 0
            while let end = Self.lineEnd(text, start..<count) {
                if let byte = lockedByte(text, start..<end) { found.append(byte) }
                start = end + 1
            }
            if found.count == before { others += count }
            if others > Self.patience { return }
        }
    }

    private static func lineEnd(_ text: [UInt8], _ range: Range<Int>) -> Int? {
        unsafe text.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, !range.isEmpty else { return nil }
            let end = unsafe memchr(start + range.lowerBound, CInt(UInt8(ascii: "\n")), range.count)
            return unsafe end.map { unsafe UnsafeRawPointer($0) - start }
        }
    }

    /// The byte that a line shows as locked; `nil` if the line is about another file, more than one byte, another kind
    /// of lock, or a process that waits. An example:
    ///
    ///     7: OFDLCK ADVISORY  WRITE -1 00:1a:1043 2305843009213693952 2305843009213693952
    private func lockedByte(_ text: [UInt8], _ line: Range<Int>) -> Int64? {
        var end = line.upperBound
        guard let last = Self.number(text, line.lowerBound, before: &end), text[end] == UInt8(ascii: " ") else {
            return nil
        }
        guard let first = Self.number(text, line.lowerBound, before: &end), first == last, range.contains(first) else {
            return nil
        }
        // The name has the space after it as well.
        let start = end + 1 - name.count
        guard start > line.lowerBound, text[start...end] == name[...] else { return nil }
        // A line about a process that waits has an arrow before the kind.
        var kind = line.lowerBound
        while kind < start, text[kind] != UInt8(ascii: ":") { kind += 1 }
        return text[kind..<start].starts(with: Self.kind) ? first : nil
    }

    private static let kind = Array(": OFDLCK ".utf8)

    /// The number that ends at `end`, which is moved to the byte before the number; `nil` without a number.
    private static func number(_ text: [UInt8], _ start: Int, before end: inout Int) -> Int64? {
        var index = end - 1
        var number: UInt64 = 0
        var place: UInt64 = 1
        while index > start, text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") {
            number &+= place &* UInt64(text[index] &- UInt8(ascii: "0"))
            place &*= 10
            index -= 1
        }
        // An offset has 19 digits at most. A number of 19 digits does not overflow.
        guard 1...19 ~= end - 1 - index else { return nil }
        end = index
        return Int64(exactly: number)
    }
}
