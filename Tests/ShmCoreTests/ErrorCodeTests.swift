import Glibc
import Testing

@testable import ShmCore

/// Every state of a handle × every member: which of QSharedMemory's nine codes it gives, or that it works.
private enum CodeTable {
    typealias Code = SharedMemoryError.Code

    /// The members that can fail, in the order of the table's columns.
    static let members: [(name: String, call: @Sendable (SharedMemory) throws -> Void)] = [
        ("create", { try $0.create(size: 64) }),
        ("attach", { try $0.attach() }),
        ("lock", { try $0.lock() }),
        ("tryLock", { _ = try $0.tryLock() }),
        ("lock(timeout:)", { _ = try $0.lock(timeout: .milliseconds(1)) }),
        ("unlock", { try $0.unlock() }),
        ("detach", { try $0.detach() }),
        ("numAttachments", { _ = try $0.numAttachments }),
        ("withBytes", { try $0.withBytes { _ in } }),
        ("withMutableBytes", { try $0.withMutableBytes { _ in } }),
        ("setKey", { try $0.setKey("shmcore-test another") }),
        ("createOrAttach", { try $0.createOrAttach(size: 64) }),
        ("destroy(.wait)", { try $0.destroy(mode: .wait) }),
        ("destroy", { try $0.destroy() }),
        ("destroy(.forceNoWait)", { try $0.destroy(mode: .forceNoWait) }),
    ]

    /// A handle in a state, and what each member does in that state; `nil` if it works.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let prepare: @Sendable (Scratch) throws -> SharedMemory
        let codes: [Code?]

        var testDescription: String { name }

        init(_ name: String, _ codes: [Code?], _ prepare: @escaping @Sendable (Scratch) throws -> SharedMemory) {
            (self.name, self.codes, self.prepare) = (name, codes, prepare)
        }
    }

    /// The codes of a handle without a segment: unlocking, detaching and reading fail.
    private static func without(
        _ create: Code?, _ find: Code, both: Code?, _ wait: Code?, _ plain: Code?, _ force: Code?
    )
        -> [Code?]
    {
        [
            create, find, .lockError, .lockError, .lockError, .lockError, .notFound, find, .notFound, .notFound, nil,
            both,
            wait, plain, force,
        ]
    }

    static let rows: [Row] = [
        Row("an empty key", without(.keyError, .keyError, both: .keyError, .keyError, .keyError, .keyError)) { _ in
            SharedMemory()
        },
        Row("a key with NUL", without(.keyError, .keyError, both: .keyError, .keyError, .keyError, .keyError)) { _ in
            SharedMemory(key: "nul\0")
        },
        Row("a key too long", without(.keyError, .keyError, both: .keyError, .keyError, .keyError, .keyError)) { _ in
            SharedMemory(key: String(repeating: "k", count: 256))
        },
        Row("no segment", without(nil, .notFound, both: nil, .notFound, .notFound, .notFound)) { $0.handle() },
        Row(
            "another program's file",
            without(.alreadyExists, .keyError, both: .keyError, .keyError, .keyError, .keyError)
        ) { scratch in
            let shared = scratch.handle()
            RawFile.replace(shared.key, with: [1, 2, 3])
            return shared
        },
        Row("a directory", without(.alreadyExists, .keyError, both: .keyError, .keyError, .keyError, .keyError)) {
            scratch in
            let shared = scratch.handle()
            guard unsafe mkdir(RawFile.path(shared.key), 0o700) == 0 else {
                throw Probe.Failure.notStarted(errno: errno)
            }
            return shared
        },
        Row(
            "a segment without a control block",
            without(.alreadyExists, .keyError, both: .keyError, .keyError, .keyError, nil)
        ) { scratch in
            let shared = scratch.handle(try scratch.segment().key)
            RawFile.truncate(shared.key, to: 100)
            return shared
        },
        Row("a leftover of a dead destroyer", without(nil, .notFound, both: nil, nil, nil, nil)) { scratch in
            let shared = scratch.handle(try scratch.segment().key)
            ControlBlock.markDead(shared.key)
            return shared
        },
        Row(
            "a segment",
            [
                .alreadyExists, nil, nil, nil, nil, .lockError, .notFound, nil, .notFound, .notFound, nil, nil, nil,
                nil, nil,
            ]
        ) { try $0.segment(size: 64) },
        Row(
            "a segment smaller than requested",
            [
                .alreadyExists, nil, nil, nil, nil, .lockError, .notFound, nil, .notFound, .notFound, nil, .invalidSize,
                nil, nil,
                nil,
            ]
        ) { try $0.segment(size: 63) },
        Row(
            "attached",
            [
                .alreadyExists, .alreadyExists, nil, nil, nil, .lockError, nil, nil, nil, nil, .keyError,
                .alreadyExists,
                .lockError, nil, nil,
            ]
        ) { scratch in
            let shared = try scratch.segment(size: 64)
            try shared.attach()
            return shared
        },
        Row(
            "attached read-only",
            [
                .alreadyExists, .alreadyExists, nil, nil, nil, .lockError, nil, nil, nil, .permissionDenied, .keyError,
                .alreadyExists, .lockError, nil, nil,
            ]
        ) { scratch in
            let shared = try scratch.segment(size: 64)
            try shared.attach(mode: .readOnly)
            return shared
        },
        Row(
            "holding the lock",
            [
                .alreadyExists, nil, .lockError, .lockError, .lockError, nil, .notFound, nil, .notFound, .notFound,
                .keyError,
                .alreadyExists, nil, nil, nil,
            ]
        ) { scratch in
            let shared = try scratch.segment(size: 64)
            try shared.lock()
            return shared
        },
        Row(
            "attached to a destroyed segment",
            [
                .alreadyExists, .alreadyExists, .lockError, .lockError, .lockError, .lockError, nil, .notFound, nil,
                nil,
                .keyError, .alreadyExists, .notFound, .notFound, .notFound,
            ]
        ) { scratch in
            let shared = try scratch.segment(size: 64)
            try shared.attach()
            try scratch.handle(shared.key).destroy()
            return shared
        },
        Row(
            "its thread holds the lock through another handle",
            [
                .alreadyExists, nil, .lockError, nil, .lockError, .lockError, .notFound, nil, .notFound, .notFound, nil,
                nil,
                .lockError, .lockError, nil,
            ]
        ) { scratch in
            let holder = try scratch.segment(size: 64)
            try holder.lock()
            return scratch.handle(holder.key)
        },
    ]
}

extension ShmCoreSuite {
    @Suite struct ErrorCodeTests {
        @Test(arguments: CodeTable.rows)
        private func `every member fails in each state with QSharedMemory's code`(row: CodeTable.Row) throws {
            for ((member, call), code) in zip(CodeTable.members, row.codes) {
                let scratch = Scratch()
                let shared = try row.prepare(scratch)
                let before = shared.error
                do {
                    try call(shared)
                    #expect(code == nil, "\(member) works")
                    // A failed attempt to lock is not an error of the handle.
                    #expect(shared.error == before, "\(member)")
                } catch let error as SharedMemoryError {
                    #expect(error.code == code, "\(member): \(error)")
                    #expect(shared.error == error && shared.errorString == error.description, "\(member)")
                    #expect(ErrorText.fault(in: error.reason) == nil, "\(member): \(error)")
                    let opening = "cannot \(error.operation) segment \"\(shared.key.prefix(3))"
                    #expect(error.description.hasPrefix(opening), "\(member): \(error)")
                    #expect(!error.reason.contains("by force"), "\(member): \(error)")
                }
            }
            #expect(row.codes.count == CodeTable.members.count)
        }

        @Test(arguments: [0, -1, Int.min, Int.max, Int.max - 4095, 1 << 62])
        func `a size that no segment can have is invalidSize`(size: Int) {
            let scratch = Scratch()
            for call in [{ try $0.create(size: size) }, { _ = try $0.createOrAttach(size: size) }]
                as [(SharedMemory) throws -> Void]
            {
                let shared = scratch.handle()
                let code = size == 1 << 62 ? SharedMemoryError.Code.outOfMemory : .invalidSize
                expect(code) { try call(shared) }
                #expect(!shared.exists)
            }
        }

        @Test func `the codes have QSharedMemory's values`() {
            let names = SharedMemoryError.Code.allCases.map { "\($0)" }
            #expect(
                names == [
                    "invalidSize", "keyError", "alreadyExists", "outOfMemory", "outOfResources", "notFound",
                    "permissionDenied", "lockError", "unknownError",
                ])
            #expect(SharedMemoryError.Code.allCases.map(\.rawValue) == Array(0...8))
        }
    }
}
