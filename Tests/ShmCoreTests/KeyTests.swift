import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    @Suite struct KeyTests {
        let scratch = Scratch()

        /// A key with a printable description.
        struct OddKey: CustomTestStringConvertible, ExpressibleByStringLiteral {
            let text: String

            init(stringLiteral text: String) { self.text = text }

            init(_ text: String) { self.text = text }

            var testDescription: String { text.prefix(32).debugDescription }
        }

        static let impossible: [OddKey] = [
            "", "nul\0inside", "\0", OddKey(String(repeating: "k", count: 5000)),
            OddKey(String(repeating: "/", count: 86)),
        ]

        @Test(arguments: impossible)
        func `an invalid key is an error for every operation`(key: OddKey) {
            let shared = SharedMemory(key: key.text)
            expect(.keyError) { try shared.create() }
            expect(.keyError) { try shared.attach() }
            expect(.lockError) { try shared.lock() }
            expect(.lockError) { _ = try shared.tryLock() }
            expect(.keyError) { _ = try shared.numAttachments }
            for mode in [SharedMemory.DestroyMode.noWait, .forceNoWait, .wait] {
                expect(.keyError) { try shared.destroy(mode: mode) }
            }
            #expect(!shared.exists)
            #expect(shared.size == 0)
            #expect(shared.lockKind == nil)
        }

        @Test func `the longest file name is a valid key, and one byte more is not`() throws {
            let unique = scratch.key()
            let longest = unique + String(repeating: "x", count: 255 - unique.utf8.count)
            scratch.cleanUp(longest)
            try scratch.handle(longest).create()
            #expect(scratch.handle(longest).exists)
            expect(.keyError) { try scratch.handle(longest + "x").create() }
        }

        static let oddSuffixes: [OddKey] = [
            "/", "/../..", "/etc/passwd", " with spaces", "%", "%2F", "%00", "\n\t", "ü", "u\u{308}", "日本語", "🔒",
            "\"'`$(ls)",
            ".", "~", "\u{202e}",
        ]

        @Test(arguments: oddSuffixes)
        func `any string is a key and stays inside the directory`(suffix: OddKey) throws {
            let key = scratch.key(suffix.text)
            let shared = scratch.handle(key)
            try shared.create(size: 32)
            #expect(scratch.handle(key).exists)
            #expect(scratch.handle(key).size == 32)
            let name = try SegmentKey.name(of: key)
            #expect(!name.contains("/"))
            #expect(try SegmentFile.names().contains(name))
            #expect(try scratch.probe(key).ask("size") == "ok 32")
            #expect(try SharedMemory.segments().contains { $0.key == key })
        }

        @Test(arguments: ["..", ".", "...", ".hidden", "../up", "/", "//", "/abs", "%", "%2E", "%25", "a%b"])
        func `no key names a path outside the directory or a hidden file`(key: String) throws {
            let name = try SegmentKey.name(of: key)
            #expect(!name.hasPrefix("."))
            #expect(!name.contains("/"))
            #expect(SegmentKey.key(of: name) == key)
        }

        @Test func `plain keys are their own names`() throws {
            #expect(try SegmentKey.name(of: "My-Data_1.shm") == "My-Data_1.shm")
            #expect(try SegmentKey.name(of: "My Shared Data") == "My%20Shared%20Data")
        }

        @Test func `different keys have different names, and each name decodes to its key`() throws {
            var generator = SeededGenerator(seed: 7)
            var keys = Set(Self.oddSuffixes.map(\.text))
            let alphabet = Array("ab./%2F\u{7f}é日\n ".unicodeScalars)
            for _ in 0..<3000 {
                var text = String.UnicodeScalarView()
                for _ in 0..<Int.random(in: 1...5, using: &generator) {
                    text.append(alphabet.randomElement(using: &generator) ?? "a")
                }
                keys.insert(String(text))
            }
            // Canonically equivalent strings are equal in Swift and different keys: compare bytes.
            let texts = Set(keys.map { Array($0.utf8) })
            let names = Set(try keys.map { try SegmentKey.name(of: $0) })
            #expect(names.count == texts.count)
            for key in keys {
                let decoded = SegmentKey.key(of: try SegmentKey.name(of: key))
                #expect(decoded.map { Array($0.utf8) } == Array(key.utf8))
            }
        }

        @Test(arguments: [".hidden", "a/b", "%", "%2", "%zz", "%2f", "%41", "%FF", "", "a b"])
        func `a name of no key decodes to nil`(name: String) {
            #expect(SegmentKey.key(of: name) == nil)
        }

        @Test func `two keys name two segments`() throws {
            let first = try scratch.segment(size: 10)
            let second = try scratch.segment(size: 20)
            try first.attach()
            try second.attach()
            try first.withMutableBytes { $0.storeBytes(of: 1, as: UInt8.self) }
            try second.withBytes { #expect(unsafe $0.unsafeLoad(as: UInt8.self) == 0) }
        }
    }
}
