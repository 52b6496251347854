import Glibc
import Testing

@testable import ShmCore

/// What each lock does when a process forks, executes a program, ends a thread, is stopped, or lives in another
/// namespace: the table of `Documentation/Identity.md`, one column per situation.
private struct Situation: Sendable, CustomTestStringConvertible {
    /// What other processes observe.
    enum Outcome: String {
        case reported, gets, hangs, waits, refused, works, own, new
    }

    let title: String
    /// The expected result, by the lock's properties.
    let expected: @Sendable (LockKind) -> Outcome
    /// The observed result. The parameter is a segment with that lock, unheld.
    let play: @Sendable (Scratch, SharedMemory, _ isExpectedToHang: Bool) throws -> Outcome
    var testDescription: String { title }

    /// The result of one more process after the lock's owner has ended or is stopped.
    static func next(_ scratch: Scratch, _ shared: SharedMemory, hangs: Bool) throws -> Outcome {
        let waiter = try scratch.probe(shared)
        do {
            switch try waiter.ask("lock-within \(hangs ? 110 : 8000)") {
            case "ok ownerDied": return .reported
            case "ok released": return .gets
            case "ok busy": return .hangs
            case let answer: throw Unexpected(answer: answer)
            }
        } catch is Probe.Failure where shared.lockKind?.properties.priorityInheritance == true {
            // glibc aborts the waiter or blocks it for ever, depending on whether the kernel still knows the owner.
            return .hangs
        }
    }

    struct Unexpected: Error {
        let answer: String
    }

    static func holder(_ scratch: Scratch, _ shared: SharedMemory, through wrapper: [String] = []) throws -> Probe {
        let probe = try scratch.probe(shared.key, through: wrapper)
        try #require(try probe.ask("attach readWrite") == "ok")
        try #require(try probe.ask("lock") == "ok released")
        return probe
    }

    /// Whether a process elsewhere and one here exclude each other.
    static func works(_ scratch: Scratch, _ shared: SharedMemory, through wrapper: [String]) throws -> Outcome {
        let stranger = try scratch.probe(shared.key, through: wrapper)
        let answer = try stranger.ask("lock")
        if answer.hasPrefix("error lockError") && answer.contains("namespace") { return .refused }
        guard answer == "ok released", try shared.tryLock() == nil, try stranger.ask("unlock") == "ok",
            try shared.tryLock() == .released, try stranger.ask("trylock") == "ok busy"
        else { return .hangs }
        return .works
    }

    static func ofDeath(_ kind: LockKind) -> Outcome {
        // The kernel says that no thread has the owner's id. That is not a promise.
        kind.properties.survivesOwnerDeath || kind == .futexPI ? .reported : .hangs
    }

    static let all: [Situation] = [
        Situation(title: "child uses it") { _ in
            .own
        } play: { scratch, shared, _ in
            let parent = try holder(scratch, shared)
            let answer = try parent.ask("in-child unlock / trylock")
            guard answer.hasPrefix("ok error lockError"), answer.contains("/ ok busy / 0") else { return .gets }
            #expect(try parent.ask("unlock") == "ok")
            return try parent.ask("in-child lock / unlock") == "ok ok released / ok / 0" ? .own : .hangs
        },
        Situation(title: "child ends") { _ in
            .waits
        } play: { scratch, shared, _ in
            let parent = try holder(scratch, shared)
            _ = try parent.ask("in-child holds")
            return try shared.tryLock() == nil ? .waits : .gets
        },
        Situation(title: "parent dies first", expected: ofDeath) { scratch, shared, hangs in
            let parent = try holder(scratch, shared)
            let answer = try parent.ask("fork-and-stay")
            let child = try #require(pid_t(answer.dropFirst(3)))
            defer { kill(child, SIGKILL) }
            parent.kill()
            return try next(scratch, shared, hangs: hangs)
        },
        Situation(title: "exec, first thread") { kind in
            // `SEM_UNDO` acts when the process ends, which it does not here; a queue, or a word that the kernel does
            // not check, keeps the lock.
            kind == .sysvSemUndo ? .hangs : kind == .futexPI ? .hangs : ofDeath(kind)
        } play: { scratch, shared, hangs in
            let owner = try holder(scratch, shared)
            try #require(try owner.ask("exec") == "ok")
            return try next(scratch, shared, hangs: hangs)
        },
        Situation(title: "exec, later thread") { kind in
            switch kind {
            case .robustFutex, .flock, .ofdRecord, .fcntlRecord, .futexPI: .reported
            default: .hangs
            }
        } play: { scratch, shared, hangs in
            let owner = try scratch.probe(shared)
            owner.send("exec-on-thread")
            try #require(try owner.answer() == "ok")
            return try next(scratch, shared, hangs: hangs)
        },
        Situation(title: "thread ends inside") { kind in
            switch kind {
            case .robustFutex, .pthreadRobust, .pthreadRobustPI, .futexPI: .reported
            default: .hangs
            }
        } play: { scratch, shared, hangs in
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("end-thread-inside") == "ok")
            return try next(scratch, shared, hangs: hangs)
        },
        Situation(title: "owner stopped") { _ in
            .waits
        } play: { scratch, shared, _ in
            let owner = try holder(scratch, shared)
            owner.signal(SIGSTOP)
            defer { owner.signal(SIGCONT) }
            return try shared.lock(timeout: .milliseconds(60)) == nil ? .waits : .gets
        },
        Situation(title: "PID namespace") {
            $0.properties.onePIDNamespace ? .refused : .works
        } play: {
            scratch, shared, _ in
            try works(scratch, shared, through: ["/usr/bin/unshare", "--pid", "--fork"])
        },
        Situation(title: "IPC namespace") {
            $0.properties.oneIPCNamespace ? .refused : .works
        } play: {
            scratch, shared, _ in
            try works(scratch, shared, through: ["/usr/bin/unshare", "--ipc"])
        },
        Situation(title: "user namespace") { _ in
            .works
        } play: { scratch, shared, _ in
            try works(scratch, shared, through: ["/usr/bin/unshare", "--user", "--map-root-user"])
        },
        Situation(title: "mount namespace") { _ in
            .works
        } play: { scratch, shared, _ in
            try works(scratch, shared, through: ["/usr/bin/unshare", "--mount"])
        },
        Situation(title: "name removed") { _ in
            .new
        } play: { scratch, shared, _ in
            scratch.removeName(of: shared)
            let kind = LockKind.robustFutex
            let successor = try scratch.probe(shared.key)
            try #require(try successor.ask("create 64 \(kind)") == "ok")
            try #require(try successor.ask("lock") == "ok released")
            return try shared.tryLock() == nil && shared.lockKind == kind ? .new : .gets
        },
    ]

    /// The row of a kind.
    static func row(_ kind: LockKind) -> String {
        "| \(kind) | " + all.map { $0.expected(kind).rawValue }.joined(separator: " | ") + " |"
    }
}

extension ShmCoreSuite {
    @Suite(.needsRoot, .timeLimit(.minutes(3))) struct IdentityTableTests {
        @Test(arguments: Situation.all)
        private func `every lock behaves as in the table`(situation: Situation) throws {
            for kind in LockKind.builtIn where kind.properties.excludes && kind.obstacle == nil {
                let scratch = Scratch()
                let expected = situation.expected(kind)
                let shared = try scratch.segment(size: 64, lock: kind)
                let found = try situation.play(scratch, shared, expected == .hangs)
                #expect(found == expected, "\(kind), \(situation.title)")
            }
        }

        @Test func `the table equals that of the documentation`() throws {
            let page = try SmallFile.read(
                "\(#filePath)".replacingSuffix("Tests/ShmCoreTests/IdentityTableTests.swift", with: "")
                    + "Documentation/Identity.md")
            let lines = Set(page.split(separator: "\n").map(String.init))
            #expect(lines.contains("| lock | " + Situation.all.map(\.title).joined(separator: " | ") + " |"))
            for kind in LockKind.builtIn where kind.properties.excludes {
                #expect(lines.contains(Situation.row(kind)), "\(Situation.row(kind))")
            }
        }
    }
}

extension String {
    fileprivate func replacingSuffix(_ suffix: String, with other: String) -> String {
        hasSuffix(suffix) ? dropLast(suffix.count) + other : self
    }
}
