import CShm
import Glibc
@_spi(Bench) import ShmCore
import Synchronization

extension Probe {
    /// `contend MILLISECONDS THREADS PLACE MET`: that many threads, each with a participant of its own, contend for
    /// that long, and for at least one section. They start once `MET` threads of all processes have met at word 1.
    /// Returns the number of sections, and the number of sections with an overlap.
    ///
    /// Word 0 is a counter that each section increments in two steps; word 2 names the owner.
    static func contend(_ probe: Probe, _ arguments: Arguments) throws -> String {
        let contest = Contest(
            key: probe.key, time: .milliseconds(try arguments.number(0)), place: try arguments.number(2),
            together: UInt32(try arguments.number(3)))
        let threads = try (0..<(try arguments.number(1))).map { thread in
            try Thread { try contest.run(thread) }
        }
        for thread in threads { try thread.join() }
        return "\(contest.sections.load(ordering: .relaxed)) \(contest.overlaps.load(ordering: .relaxed))"
    }
}

/// The threads of one process, and their counts.
private final class Contest: Sendable {
    let key: String
    let time: Duration
    let place: Int
    let together: UInt32
    let sections = Atomic<Int>(0)
    let overlaps = Atomic<Int>(0)

    init(key: String, time: Duration, place: Int, together: UInt32) {
        (self.key, self.time, self.place, self.together) = (key, time, place, together)
    }

    func run(_ thread: Int) throws {
        let shared = SharedMemory(key: key)
        try shared.attach()
        defer { try? shared.detach() }
        // Handles and primitives contend with each other in every test.
        let face: Face = (place + thread).isMultiple(of: 2) ? .primitive(try Primitive(shared)) : .handle(shared)
        let words = Words(shared)
        let me = UInt32(place * 8 + thread + 1)
        words.meet(at: 1, until: together)
        let end = Deadline.after(time)
        var (mine, met, turn) = (0, 0, 0)
        repeat {
            turn += 1
            guard let died = try take(face, turn) else { continue }
            if died { throw Unexpected(what: "a report of a death that did not happen") }
            if words.load(2) != 0 { met += 1 }
            words.store(me, at: 2)
            let value = words.load(0)
            for _ in 0..<20 { shm_cpu_relax() }
            words.store(value &+ 1, at: 0)
            if words.load(2) != me { met += 1 }
            words.store(0, at: 2)
            try face.unlock()
            mine += 1
        } while !end.hasPassed || mine == 0
        sections.add(mine, ordering: .relaxed)
        overlaps.add(met, ordering: .relaxed)
    }

    /// Usually waits; sometimes tries, or waits with a deadline.
    private func take(_ face: Face, _ turn: Int) throws -> Bool? {
        switch turn % 8 {
        case 3: try face.tryLock()
        case 6: try face.lock(within: .microseconds(300))
        default: try face.lock()
        }
    }
}
