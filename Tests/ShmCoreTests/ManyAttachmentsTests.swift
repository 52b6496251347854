import Glibc
import SystemPackage
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Counting a thousand attachments: the result is exact, and takes few system calls.
    @Suite(.timeLimit(.minutes(2))) struct ManyAttachmentsTests {
        let scratch = Scratch()

        /// Two processes with 500 attachments each, which began by turns.
        private func attachThousand(to shared: SharedMemory) throws -> [Probe] {
            let probes = try scratch.probes(2, shared)
            for _ in 0..<10 {
                for probe in probes { try #require(try probe.ask("attach-many 50") == "ok") }
            }
            return probes
        }

        @Test func `after half of a thousand attachments were killed, the other half counts`() throws {
            let shared = try scratch.segment()
            let probes = try attachThousand(to: shared)
            #expect(try shared.numAttachments == 1_000)
            #expect(probes[0].kill() == .killed(by: SIGKILL))
            #expect(try shared.numAttachments == 500)
            #expect(try probes[1].ask("attach-many 300") == "ok")
            #expect(try shared.numAttachments == 800)
            probes[1].kill()
            #expect(try shared.numAttachments == 0)
        }

        @Test func `a thousand attachments take few probes, and ten take a few each`() throws {
            let shared = try scratch.segment()
            let probe = try scratch.probe(shared)
            let file = try shared.existing().file
            #expect(try AttachmentCount(of: file).probes == 1)
            try #require(try probe.ask("attach-many 10") == "ok")
            #expect(try leastProbes(file, count: 10) <= 10 + 4)
            try #require(try probe.ask("attach-many 490") == "ok")
            #expect(try leastProbes(file, count: 500) <= 16)
            try #require(try probe.ask("attach-many 500") == "ok")
            #expect(try leastProbes(file, count: 1_000) <= 16)
        }

        /// The fewest system calls of some counts: each lock that the kernel's list lacks costs more.
        private func leastProbes(_ file: FileDescriptor, count: Int) throws -> Int {
            let counts = try (0..<20).map { _ in try AttachmentCount(of: file) }
            for found in counts { #expect(found.count == count) }
            return counts.map(\.probes).min() ?? .max
        }

        @Test(arguments: ["/proc/none", "/dev/null", "/proc/self/stat"])
        func `the count is exact without a usable list of locks`(list: String) throws {
            let shared = try scratch.segment()
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("attach-many 300") == "ok")
            let file = try shared.existing().file
            #expect(LockListing.bytes(of: file, in: RecordLock.Place.attachments, list: list).isEmpty)
            #expect(try AttachmentCount(of: file, list: list).count == 300)
        }

        @Test func `locks that the list does not show are found`() throws {
            let shared = try scratch.segment()
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("attach-many 300") == "ok")
            let file = try shared.existing().file
            // Where other processes change their locks meanwhile, the kernel's list may lack some.
            var bytes: [Int64] = []
            for _ in 0..<100 where bytes.count != 300 {
                bytes = LockListing.bytes(of: file, in: RecordLock.Place.attachments)
            }
            try #require(bytes.count == 300)
            let name = try Self.name(of: file)
            // Every other one; and lines that are not about attachments.
            var lines = bytes.enumerated().filter { $0.offset.isMultiple(of: 2) }.map { _, byte in
                "1: OFDLCK ADVISORY  WRITE -1 \(name) \(byte) \(byte)"
            }
            let first = RecordLock.Place.attachments.lowerBound
            for free in [bytes[299] + 7, first + 1 << 50] {
                lines += [
                    "2: -> OFDLCK ADVISORY  WRITE -1 \(name) \(free) \(free)",
                    "3: POSIX  ADVISORY  WRITE 7 \(name) \(free) \(free)",
                    "4: OFDLCK ADVISORY  WRITE -1 1\(name) \(free) \(free)",
                    "5: OFDLCK ADVISORY  WRITE -1 \(name)1 \(free) \(free)",
                    "6: OFDLCK ADVISORY  WRITE -1 \(name) \(free) \(free + 1)",
                    "7: OFDLCK ADVISORY  WRITE -1 \(name) \(free) EOF",
                    "8: OFDLCK ADVISORY  WRITE -1 \(name) 9\(free) 9\(free)",
                ]
            }
            lines += ["9: OFDLCK ADVISORY  WRITE -1 \(name) 0 0", "", "\(first)", lines[0]]
            let list = scratch.key("-list")
            RawFile.replace(list, with: Array((lines.joined(separator: "\n") + "\n").utf8))
            let path = "/dev/shm/" + list
            // The kernel splits no line between two reads, but a regular file does, and such a line is not used.
            let shown = LockListing.bytes(of: file, in: RecordLock.Place.attachments, list: path)
            #expect((140...150).contains(shown.count) && Set(shown).isSubset(of: bytes))
            #expect(try AttachmentCount(of: file, list: path).count == 300)
        }

        @Test func `attachments count exactly although the hints are wrong`() throws {
            let shared = try scratch.segment()
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("attach-many 40") == "ok")
            // All hints point at slots that are in use.
            let words = ControlBlock.headerOffset(RawFile.read(shared.key)) + SegmentLayout.slotsOffset
            RawFile.write([0, 0, 0, 0, 5, 0, 0, 0], to: shared.key, at: words)
            try #require(try probe.ask("attach-many 40") == "ok")
            RawFile.write([UInt8](repeating: 255, count: 8), to: shared.key, at: words)
            try #require(try probe.ask("attach-many 40") == "ok")
            #expect(try shared.numAttachments == 120)
            probe.kill()
            #expect(try shared.numAttachments == 0)
        }

        /// The file as `/proc/locks` names it.
        private static func name(of file: FileDescriptor) throws -> String {
            let status = try SegmentFile.status(of: file)
            let (major, minor) = (status.st_dev >> 8 & 0xfff, status.st_dev & 0xff)
            func two(_ number: dev_t) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
            return "\(two(major)):\(two(minor)):\(status.st_ino)"
        }
    }
}
