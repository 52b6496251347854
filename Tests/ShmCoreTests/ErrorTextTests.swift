import SystemPackage
import Testing

@testable import ShmCore

/// What an error text must have: one line with the cause, and the remedy after a semicolon or what is expected.
enum ErrorText {
    /// What is wrong with the text; `nil` if nothing is.
    static func fault(in text: String) -> String? {
        if text.contains(where: \.isNewline) { return "more than one line" }
        if text.hasSuffix(".") || text.hasSuffix("; ") { return "an ending that the errno cannot follow" }
        if !text.contains("; ") && !text.contains(": expected ") { return "neither a remedy nor what is expected" }
        return nil
    }

    /// The texts that the library composes, each for every value that selects one.
    static var composed: [SegmentFailure] {
        let errnos = (1...133).map { Errno(rawValue: $0) }
        let headers: [SegmentHeader.Problem] = [
            .notASegment, .version(99), .corrupt("wrong checksum"), .gone, .ofAnotherBoot,
        ]
        let keys: [SegmentKey.Problem] = [.empty, .holdsNUL, .tooLong(bytes: 256)]
        let locks = LockKind.builtIn.map(\.name)
        let states: [SegmentFailure] = [
            .destroyed, .abandoned, .beingInitialised, .notASegment("a FIFO"), .destroyedWhileLocking(),
            .heldThroughAnotherHandle, .initialisedByThisThread, .otherPIDNamespace("mcs"), .otherIPCNamespace("mcs"),
            .tooManyParticipants("mcs", 4096),
        ]
        let failures: [SegmentFailure] = errnos.flatMap { errno in
            [
                SegmentFailure(errno), SegmentFailure(errno, what: "its lock mcs cannot be set up"), .making(errno),
                .finding(errno), .opening(errno, name: "shmcore-test nothing"),
            ] + locks.map { .locking($0, errno) }
        }
        let reasons: [String] = headers.map(\.reason) + keys.map(\.reason)
        return states + failures + reasons.map { SegmentFailure(.keyError, $0) }
    }

    /// The texts in the library's sources that are a direct argument of a call, as they are written.
    ///
    /// - Parameter call: a regular expression that ends with the call's parenthesis.
    static func literals(ofCall call: String) throws -> [String] {
        let call = try Regex(call)
        let folder = "\(#filePath)".replacing("Tests/ShmCoreTests/ErrorTextTests.swift", with: "Sources/ShmCore")
        return try sources(in: folder).flatMap { source in
            source.ranges(of: call).map { text(ofCallAt: $0.upperBound, in: source) }
        }.filter { !$0.isEmpty }
    }

    private static func sources(in folder: String) throws -> [String] {
        try SegmentFile.names(in: folder).flatMap { name -> [String] in
            if name.hasSuffix(".swift") { return [try SmallFile.read("\(folder)/\(name)")] }
            return name.contains(".") ? [] : try sources(in: "\(folder)/\(name)")
        }
    }

    /// The string literals of a call's arguments, joined. Interpolations stay as they are.
    private static func text(ofCallAt start: String.Index, in source: String) -> String {
        var (text, depth, isLiteral, isEscaped) = ("", 1, false, false)
        var interpolation = 0
        for character in source[start...] {
            switch character {
            case "(" where isLiteral && (isEscaped || interpolation > 0): interpolation += 1
            case ")" where isLiteral && interpolation > 0: interpolation -= 1
            case "\"" where interpolation == 0:
                isLiteral.toggle()
                continue
            case "(" where !isLiteral: depth += 1
            case ")" where !isLiteral: depth -= 1
            default: break
            }
            if depth == 0 { break }
            isEscaped = character == "\\"
            if isLiteral, depth == 1 { text.append(character) }
        }
        return text
    }
}

extension ShmCoreSuite {
    @Suite struct ErrorTextTests {
        @Test func `every composed error text is one line with its cause and a remedy`() {
            for failure in ErrorText.composed {
                let fault = ErrorText.fault(in: failure.reason)
                #expect(fault == nil, "\(fault ?? ""): \(failure.reason)")
            }
        }

        @Test(arguments: ["SegmentFailure\\((?=\\s*\\.)", "LockPluginError\\("])
        func `every error text in the sources is one line with its cause and a remedy`(call: String) throws {
            let texts = try ErrorText.literals(ofCall: call)
            #expect(texts.count > 15)
            // A text that ends with another one's reason has that one's remedy.
            for text in texts where !text.contains("reason)") {
                let fault = ErrorText.fault(in: text)
                #expect(fault == nil, "\(fault ?? ""): \(text)")
            }
        }

        @Test func `an invalid argument is named with its value and what is expected`() throws {
            let scratch = Scratch()
            let small = try scratch.segment(size: 63)
            let invalid: [(message: String, call: () throws -> Void)] = [
                ("invalid value '0' for size: expected at least 1 byte", { try scratch.handle().create(size: 0) }),
                (
                    "invalid value '\(Int.max)' for size: expected a size that a file can have",
                    { try scratch.handle().create(size: .max) }
                ),
                (
                    "invalid value '64' for size: expected at most 63, the size of the segment",
                    { try scratch.handle(small.key).createOrAttach(size: 64) }
                ),
                (
                    "invalid value '' for key: expected at least one character; set a key with setKey()",
                    { try SharedMemory().attach() }
                ),
                (
                    "invalid value for key: it needs 256 bytes as a file name; expected at most 255",
                    { try SharedMemory(key: String(repeating: "k", count: 256)).attach() }
                ),
            ]
            for (message, call) in invalid {
                let error = try #require(throws: SharedMemoryError.self) { try call() }
                #expect(error.reason == message)
            }
        }
    }
}
