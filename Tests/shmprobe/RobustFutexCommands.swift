import CShm
import Glibc
@_spi(Bench) import ShmCore
import SystemPackage

extension Probe {
    /// Threads and libc's own robust mutexes, for the lock that registers with every thread.
    static var robustFutexCommands: [String: Command] {
        [
            "threads": { probe, arguments in try probe.threads(try arguments.number(0)) },
            "pass-around": { probe, arguments in try probe.passAround(try arguments.number(0)) },
            "exit-holding": { probe, arguments in try probe.exitHolding(try arguments.number(0)) },
            "end-elsewhere": { probe, _ in try probe.endElsewhere() },
            "end-held-elsewhere": { probe, _ in try probe.endHeldElsewhere() },
            "lock-all": { probe, arguments in
                for key in arguments.words {
                    let other = SharedMemory(key: key)
                    try other.attach()
                    probe.others.append(other)
                    try other.lock()
                }
                return "\(probe.others.count)"
            },
            "sit-many": { probe, arguments in try probe.sitMany(try arguments.number(0)) },
            "interleave": { probe, arguments in
                try probe.interleave(SharedMemory(key: try arguments.text(0)), visiting: try arguments.text(1))
            },
            "toil": { probe, arguments in try probe.toil(at: try arguments.number(0)) },
        ]
    }

    // MARK: Threads

    /// That many threads, several at a time, each with a handle of its own.
    private func threads(_ count: Int) throws -> String {
        try shared.attach()
        let before = Footprint.now
        for _ in 0..<count / 4 {
            let threads = try (0..<4).map { _ in
                try Thread { [key] in
                    let mine = SharedMemory(key: key)
                    try mine.attach()
                    guard try mine.lock() == .released else { throw Unexpected(what: "death") }
                    try mine.unlock()
                    try mine.detach()
                }
            }
            for thread in threads { try thread.join() }
        }
        return (Footprint.now - before).description
    }

    /// One handle, used by one thread after the other.
    private func passAround(_ count: Int) throws -> String {
        try shared.attach()
        try shared.lock()
        try shared.unlock()
        let before = Footprint.now
        for _ in 0..<count {
            try Thread { [shared] in
                guard try shared.lock() == .released else { throw Unexpected(what: "death") }
                try shared.unlock()
            }.join()
        }
        try shared.lock()
        try shared.unlock()
        return (Footprint.now - before).description
    }

    /// Each thread ends while it holds the lock; returns how many of the next owners received the report.
    private func exitHolding(_ count: Int) throws -> String {
        try shared.attach()
        let before = Footprint.now
        var reported = 0
        for _ in 0..<count {
            let participant = try Participant(shared)
            try Thread { if case .ownerDied = participant.lock.lock() { reported += 1 } }.join()
        }
        if try shared.lock() == .ownerDied { reported += 1 }
        try shared.unlock()
        guard try shared.lock() == .released else { throw Unexpected(what: "a death reported twice") }
        try shared.unlock()
        return "\(reported) \(Footprint.now - before)"
    }

    /// A handle ends here while the thread that locked it lives on; returns what that thread keeps, before and after it
    /// registers again.
    private func endElsewhere() throws -> String {
        try shared.attach()
        let before = Footprint.now
        var handle: SharedMemory? = SharedMemory(key: key)
        let other = shared
        let (sat, go) = (Gate(), Gate())
        var kept = 0
        let thread = try Thread {
            try handle?.attach()
            try handle?.lock()
            try handle?.unlock()
            sat.open()
            go.wait()
            kept = Footprint.nodes
            try other.lock()
            try other.unlock()
            kept = kept * 100 + Footprint.nodes
        }
        sat.wait()
        try handle?.detach()
        handle = nil
        let meanwhile = Footprint.now - before
        go.open()
        try thread.join()
        return "\(meanwhile.segmentMappings) \(kept) \(Footprint.now - before)"
    }

    /// A participant ends here while another thread holds its lock; the end of that thread is an owner's death
    /// nevertheless.
    private func endHeldElsewhere() throws -> String {
        try shared.attach()
        var participant: Participant? = try Participant(shared)
        let (sat, go) = (Gate(), Gate())
        let thread = try Thread {
            _ = participant?.lock.lock()
            sat.open()
            go.wait()
        }
        sat.wait()
        participant = nil
        let meanwhile = try shared.lock(timeout: .milliseconds(20)).map { "\($0)" } ?? "busy"
        if meanwhile != "busy" { try shared.unlock() }
        go.open()
        try thread.join()
        let acquisition = try shared.lock(timeout: .seconds(5))
        return "\(meanwhile) \(acquisition.map { "\($0)" } ?? "busy")"
    }

    /// That many handles to one segment, all used by this thread; returns how many worked, and how the next failed.
    private func sitMany(_ count: Int) throws -> String {
        try shared.attach()
        try shared.lock()
        try shared.unlock()
        for index in 0..<count {
            let other = SharedMemory(key: key)
            try other.attach()
            others.append(other)
            do {
                try other.lock()
                try other.unlock()
            } catch {
                // Registered handles continue to work.
                try shared.lock()
                try shared.unlock()
                return "\(index) \(error.code) \(error.reason)"
            }
        }
        return "\(count)"
    }

    /// Two kinds of robust locks, nested in either order, with participants that begin and end in between, until
    /// killed. Each segment's two words are equal whenever its lock is free, except after a death.
    private func interleave(_ second: SharedMemory, visiting third: String) throws -> String {
        try shared.attach()
        try second.attach()
        let pair = [shared, second]
        func change(_ segment: SharedMemory) throws {
            let words = Words(segment)
            if words.load(0) != words.load(1) {
                guard segment.ownerDied else { throw Unexpected(what: "inconsistent data without a report") }
                words.store(words.load(0), at: 1)
            }
            words.store(words.load(0) &+ 1, at: 0)
            for _ in 0..<Int.random(in: 0..<200) { shm_cpu_relax() }
            words.store(words.load(1) &+ 1, at: 1)
        }
        // Makes and frees an entry, whether or not it acquires the lock.
        func visit(_ key: String) throws {
            let visitor = SharedMemory(key: key)
            try visitor.attach()
            if try visitor.tryLock() != nil {
                try change(visitor)
                try visitor.unlock()
            }
            try visitor.detach()
        }
        while true {
            // One after the other: nothing here may deadlock.
            let order = Bool.random() ? pair : pair.reversed()
            if Bool.random() {
                for segment in order {
                    try segment.lock()
                    try change(segment)
                    try segment.unlock()
                }
            } else {
                try pair[0].lock()
                try pair[1].lock()
                try change(pair[1])
                try change(pair[0])
                if Bool.random() { try visit(third) }
                // Out of order, so that nodes are removed from the middle of the list.
                try order[0].unlock()
                try order[1].unlock()
            }
            if Int.random(in: 0..<8) == 0 { try visit([shared.key, second.key, third].randomElement() ?? third) }
        }
    }

    /// Contends until killed. Words 0 and 1 are equal whenever the lock is free, except after a death. Word 2 counts
    /// the deaths reported, word 3 contradictions; the word given counts this place's sections.
    private func toil(at place: Int) throws -> String {
        try shared.attach()
        let words = Words(shared)
        while true {
            let acquisition = try shared.lock()
            if acquisition == .ownerDied { words.store(words.load(2) &+ 1, at: 2) }
            if words.load(0) != words.load(1) {
                if acquisition == .released { words.store(words.load(3) &+ 1, at: 3) }
                words.store(words.load(0), at: 1)
            }
            words.store(words.load(0) &+ 1, at: 0)
            for _ in 0..<20 { shm_cpu_relax() }
            words.store(words.load(1) &+ 1, at: 1)
            words.store(words.load(place) &+ 1, at: place)
            try shared.unlock()
        }
    }
}

/// The lock without a handle's checks, for threads to share.
final class Participant {
    let lock: RobustFutexLock

    init(_ shared: SharedMemory) throws { lock = try shared.participant(in: RobustFutexLock.self) }
}

/// The resources of a process: mappings of segments, mappings in total, nodes in the calling thread's robust list.
struct Footprint: CustomStringConvertible {
    var segmentMappings: Int
    var mappings: Int
    var nodes: Int

    static var now: Footprint {
        let lines = text("/proc/self/maps").split(separator: "\n")
        return Footprint(
            segmentMappings: lines.filter { $0.contains("/dev/shm/") }.count, mappings: lines.count, nodes: nodes)
    }

    /// Counted on the calling thread's list, as the kernel walks it.
    static var nodes: Int {
        var (offset, failure) = (Int64(0), Int32(0))
        let head = unsafe shm_robust_list(&offset, &failure)
        var (count, node) = (0, unsafe UnsafePointer<UInt>(bitPattern: head)?.pointee ?? head)
        while node & ~1 != head, count < 5000 {
            count += 1
            node = unsafe UnsafePointer<UInt>(bitPattern: node & ~1)?.pointee ?? head
        }
        return count
    }

    static func - (left: Footprint, right: Footprint) -> Footprint {
        Footprint(
            segmentMappings: left.segmentMappings - right.segmentMappings, mappings: left.mappings - right.mappings,
            nodes: left.nodes - right.nodes)
    }

    var description: String { "\(segmentMappings) \(mappings) \(nodes)" }

    private static func text(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY)
        defer { close(file) }
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A thread of this process that can be joined.
final class Thread {
    private final class Work {
        let body: () throws -> Void
        var failure: (any Error)?
        init(_ body: @escaping () throws -> Void) { self.body = body }
    }

    private let work: Work
    private var thread = pthread_t()

    init(_ body: @escaping () throws -> Void) throws {
        work = Work(body)
        let context = unsafe Unmanaged.passRetained(work).toOpaque()
        let failure = unsafe pthread_create(
            &thread, nil,
            {
                guard let context = unsafe $0 else { return nil }
                let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                do { try work.body() } catch { work.failure = error }
                return nil
            }, context)
        guard failure == 0 else { throw Errno(rawValue: failure) }
    }

    /// Waits for the thread's end, and throws its error.
    func join() throws {
        pthread_join(thread, nil)
        if let failure = work.failure { throw failure }
    }
}

/// A value that any thread sets once.
final class Gate {
    private var ends: [CInt] = [0, 0]

    init() { unsafe pipe(&ends) }

    func open() { close(ends[1]) }

    func wait() {
        var byte: UInt8 = 0
        unsafe _ = read(ends[0], &byte, 1)
        close(ends[0])
    }
}
