import Testing

@testable import ShmCore

extension ShmCoreSuite {
    @Suite struct HeaderFuzzTests {
        let scratch = Scratch()
        /// The lock kinds to test.
        static let mutations = 400

        /// Without the kinds that create an object outside the segment: a mutation may lack one. Another process opens
        /// each segment, so a crash there is a failure here.
        @Test(
            arguments: LockKind.all.filter {
                $0.properties.kernelObject == nil || $0.properties.kernelObject == "file lock"
            })
        func `a mutated control block gives an error or a working segment, never a crash`(kind: LockKind) throws {
            let shared = try scratch.segment(size: 64, lock: kind)
            let original = RawFile.read(shared.key)
            let probe = try scratch.probe(shared)
            var generator = SeededGenerator(seed: Checksum.fnv1a(kind.name.utf8))
            var working = 0
            var refused = 0
            for index in 0..<Self.mutations {
                var mutation = Mutation(of: original)
                mutation.mutate(using: &generator)
                RawFile.replace(shared.key, with: mutation.file)
                let answer = try probe.ask("inspect")
                let words = answer.split(separator: " ")
                try #require(words.count == 5 && words[0] == "ok", "mutation \(index): \(answer)")
                let isSound: Bool
                if words[1] == "attached" {
                    working += 1
                    let size = Int(words[3]) ?? 0
                    let fits = size > 0 && size <= mutation.file.count - SegmentLayout.pageSize
                    isSound = fits && !mutation.mustBeNoticed && ["locked", "busy", "lockError"].contains(words[2])
                } else {
                    refused += 1
                    let isClear = ["keyError", "lockError", "notFound"].contains(words[1])
                    isSound = isClear && words[3] == "0" && words[4] == "false"
                }
                try #require(isSound, "mutation \(index): \(answer)")
            }
            // Both outcomes occurred.
            #expect(working > 15)
            #expect(refused > 250)

            RawFile.replace(shared.key, with: original)
            let answer = try probe.ask("inspect")
            if answer != "ok attached locked 64 true" {
                let isRestored = RawFile.read(shared.key) == original
                Issue.record("\(answer); restored: \(isRestored); then \(try probe.ask("attach readWrite"))")
            }
        }
    }
}

/// A segment's file with a mutated control block.
struct Mutation {
    private(set) var file: [UInt8]
    private let original: [UInt8]
    private var isSealed = false

    init(of original: [UInt8]) {
        file = original
        self.original = original
    }

    /// Whether every reader must reject the file: the header is changed or missing, and the checksum was not corrected.
    var mustBeNoticed: Bool {
        let header = headerOffset..<headerOffset + SegmentHeader.byteCount
        return file.count < original.count || !isSealed && file[header] != original[header]
    }

    private var headerOffset: Int { original.count - SegmentLayout.pageSize }

    /// Values at which sizes overflow, wrap or become zero.
    private static let edges: [UInt64] = [
        0, 1, 63, 65, 4095, 4096, 4097, 8192, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max, .max - 4095, UInt64(Int.max),
    ]

    mutating func mutate(using generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &generator) { changeSomething(using: &generator) }
        if Bool.random(using: &generator), file.count >= original.count {
            ControlBlock.seal(&file)
            isSealed = true
        }
        // Last: after this the header may lie where no reader searches, or a false one where a reader does.
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: file.removeLast(Int.random(in: 1...file.count, using: &generator))
        case 1: file += [UInt8](repeating: 0, count: Int.random(in: 1...20_000, using: &generator))
        case 2: file += file[headerOffset...]
        default: break
        }
    }

    private mutating func changeSomething(using generator: inout SeededGenerator) {
        let header = headerOffset
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
            file[header + .random(in: 0..<128, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1:
            file[header + .random(in: 0..<128, using: &generator)] = .random(in: 0...255, using: &generator)
        case 2:
            put(
                Self.edges.randomElement(using: &generator) ?? 0,
                at: header + 8 * .random(in: 0..<16, using: &generator))
        case 3:
            put(.random(in: 1...5000, using: &generator), at: header + 8 * .random(in: 2..<5, using: &generator))
        case 4:
            // A kernel object that exists only because of a mutation would remain.
            let kinds = LockKind.all.filter { $0.properties.kernelObject == nil }
            let name = Array((kinds.randomElement(using: &generator) ?? .noLock).name.utf8)
            for index in 0..<32 { file[header + 72 + index] = index < name.count ? name[index] : 0 }
        default:
            file[header + SegmentLayout.lifeOffset + .random(in: 0..<4, using: &generator)] ^= 2
        }
    }

    private mutating func put(_ value: UInt64, at offset: Int) {
        for index in 0..<8 { file[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
}
