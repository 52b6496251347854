import CBench
import CShm
import Glibc
import ShmCore
import Synchronization
import SystemPackage

extension Probe {
    /// Processes that contend.
    static var contentionCommands: [String: Command] {
        [
            "increment": { probe, arguments in
                try probe.increment(times: try arguments.number(0), together: UInt32(try arguments.number(1)))
                return ""
            },
            "contend": contend,
            "share-with-child": { probe, arguments in
                try probe.shareWithChild(times: try arguments.number(0))
            },
            "churn": churn,
            "race": { probe, arguments in
                "\(try probe.race(tries: try arguments.number(0), arena: SharedMemory(key: try arguments.text(1))))"
            },
        ]
    }

    /// Adds to the counter at the start of the segment, under the lock but in two steps, so that an overlap loses an
    /// update. Starts once that many processes have met at the second word.
    private func increment(times: Int, together: UInt32) throws {
        try shared.attach()
        let words = Words(shared)
        words.meet(at: 1, until: together)
        for _ in 0..<times {
            try shared.lock()
            let value = words.load(0)
            for _ in 0..<20 { shm_cpu_relax() }
            words.store(value + 1, at: 0)
            try shared.unlock()
        }
        try shared.detach()
    }

    /// Locks and unlocks, forks, and lets parent and child count with the same handle; returns their counts.
    private func shareWithChild(times: Int) throws -> String {
        if !shared.isValid { try shared.attach() }
        let words = Words(shared)
        try shared.lock()
        try shared.unlock()
        let child = forkProcess()
        if child == 0 { _ = bench_die_with_parent() }
        var failure: (any Error)?
        do { try count(times, words) } catch { failure = error }
        if child == 0 { _exit(failure == nil ? 0 : 1) }
        guard child > 0 else { throw Errno(rawValue: errno) }
        var status: CInt = 0
        unsafe waitpid(child, &status, 0)
        if let failure { throw failure }
        return "\(status) \(words.load(0))"
    }

    private func count(_ times: Int, _ words: Words) throws {
        for _ in 0..<times {
            try shared.lock()
            let value = words.load(0)
            for _ in 0..<200 { shm_cpu_relax() }
            words.store(value + 1, at: 0)
            try shared.unlock()
        }
    }

    struct RaceFailure: Error {
        let problem: String
    }

    /// Creates the segment at the same moment as another process, repeatedly. The two meet at word 0 of the arena; word
    /// n + 1 counts the winners of attempt n. Returns how often this process won.
    private func race(tries: Int, arena: SharedMemory) throws -> Int {
        try arena.attach()
        let words = Words(arena)
        var won = 0
        var meetings: UInt32 = 0
        func meet() {
            meetings += 2
            words.meet(at: 0, until: meetings)
        }
        for index in 0..<tries {
            meet()
            // The process that arrived last has an advantage. Cancel it at random, and always if both share a CPU.
            if index.isMultiple(of: 4) && Bool.random() { usleep(1) }
            for _ in 0..<Int.random(in: 0..<400) { shm_cpu_relax() }
            var isMine = false
            do {
                try shared.create(size: 64)
                isMine = true
                words.add(1, at: index + 1)
                won += 1
            } catch {
                guard error.code == .alreadyExists else { throw error }
                // The loser finds a complete segment.
                let found = SharedMemory(key: key)
                try found.attach()
                guard try found.tryLock() != nil, found.size == 64 else { throw RaceFailure(problem: "incomplete") }
                try found.unlock()
                try found.detach()
            }
            meet()
            if isMine { try shared.destroy() }
        }
        try arena.detach()
        return won
    }
}

/// A segment's data as atomic words.
@safe struct Words {
    private let base: UnsafeMutablePointer<Atomic<UInt32>>

    init(_ shared: SharedMemory) {
        guard let start = unsafe shared.mutableData?.baseAddress else { fatalError("not attached for writing") }
        unsafe base = start.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    func load(_ index: Int) -> UInt32 { unsafe base[index].load(ordering: .acquiring) }

    func store(_ value: UInt32, at index: Int) { unsafe base[index].store(value, ordering: .relaxed) }

    func add(_ value: UInt32, at index: Int) { unsafe base[index].add(value, ordering: .acquiringAndReleasing) }

    /// Counts this process and waits until the count is reached.
    func meet(at index: Int, until count: UInt32) {
        add(1, at: index)
        var spins = 0
        while load(index) < count {
            spins += 1
            if spins < 2000 { shm_cpu_relax() } else { sched_yield() }
        }
    }
}
