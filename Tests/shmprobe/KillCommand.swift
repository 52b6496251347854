import CBench
import CShm
import Glibc
@_spi(Bench) import ShmCore
import Synchronization
import SystemPackage

extension Probe {
    /// `kill-aside TIMES SEED`: processes contend, and one after the other is killed and replaced while it neither
    /// holds the lock nor waits for it. `kill-anywhere TIMES SEED MILLISECONDS`: kills them at any point; a waiter that
    /// waits for that long counts as waiting for ever. Returns the number of kills inside the critical section, and the
    /// number of sections. Fails if a kill had a consequence that the lock's promises rule out.
    static var killCommands: [String: Command] {
        [
            "kill-aside": { try $0.kill($1, aside: true) },
            "kill-anywhere": { try $0.kill($1, aside: false) },
        ]
    }

    private func kill(_ arguments: Arguments, aside: Bool) throws -> String {
        let patience = aside ? 10_000 : try arguments.number(2)
        let nursery = try Nursery(key: key, seed: UInt64(try arguments.number(1)), patience: .milliseconds(patience))
        defer { nursery.end() }
        return try nursery.kill(times: try arguments.number(0), aside: aside)
    }
}

/// The phase of a child, for the process that kills it.
private enum Stage {
    /// Becomes a participant.
    static let joining: UInt32 = 1
    /// In `lock` or `unlock`.
    static let busy: UInt32 = 2
    /// Holds the lock.
    static let inside: UInt32 = 3
    /// Neither holds the lock nor waits for it. May be about to end as a participant, and to become one again.
    static let aside: UInt32 = 4
    /// Waits for its end.
    static let doomed: UInt32 = 5
}

/// The state that parent and children share beside the segment. It outlives every child.
@safe private struct Board {
    private let words: UnsafeMutablePointer<Atomic<UInt32>>

    init() throws {
        let flags = MAP_SHARED | MAP_ANONYMOUS
        let page = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let page = unsafe page, unsafe page != MAP_FAILED else { throw Errno(rawValue: errno) }
        unsafe words = page.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The phase of the child at that place.
    func stage(_ place: Int) -> UnsafeMutablePointer<Atomic<UInt32>> { unsafe words + 64 * (place + 1) }
    /// The number of sections that the children at that place have completed.
    func sections(_ place: Int) -> UnsafeMutablePointer<Atomic<UInt32>> { unsafe words + 64 * (place + 1) + 16 }
    /// The number of deaths reported to owners. Changed only under the lock.
    var reported: UnsafeMutablePointer<Atomic<UInt32>> { unsafe words }
    /// How often the data were inconsistent without a report.
    var torn: UnsafeMutablePointer<Atomic<UInt32>> { unsafe words + 1 }
}

/// Forks children that contend for the lock, and kills them. It is not a participant of the lock or a user of the
/// segment itself, so children inherit nothing of either.
private final class Nursery {
    private static let places = 0..<3

    private let key: String
    private let board: Board
    private let patience: Duration
    private var random: SmallGenerator
    private var children: [pid_t] = []

    init(key: String, seed: UInt64, patience: Duration) throws {
        (self.key, self.patience) = (key, patience)
        board = try Board()
        random = SmallGenerator(state: seed)
        // Makes the library's tables once, here, and not in each child.
        guard SharedMemory(key: key).exists, !LockKind.all.isEmpty else { throw Unexpected(what: "no segment") }
        for place in Self.places { children.append(try spawn(place)) }
    }

    /// Kills and reaps the remaining children.
    func end() {
        for child in children where child > 0 {
            Glibc.kill(child, SIGKILL)
            _ = waitpid(child, nil, 0)
        }
        children = []
    }

    func kill(times: Int, aside: Bool) throws -> String {
        var insideKills: UInt32 = 0
        for number in 0..<times {
            usleep(UInt32.random(in: 0..<300, using: &random))
            let place = Int.random(in: Self.places, using: &random)
            if aside { try doom(place, number) }
            let reported = unsafe board.reported.pointee.load(ordering: .acquiring)
            Glibc.kill(children[place], SIGKILL)
            _ = waitpid(children[place], nil, 0)
            children[place] = 0
            let stage = unsafe board.stage(place).pointee.load(ordering: .acquiring)
            if stage == Stage.inside { insideKills += 1 }
            // If a kill cannot affect others, check only at intervals and at the end, which is faster.
            if !aside || number.isMultiple(of: 8) || number == times - 1 {
                try awaitOthers(than: place, number)
                try check(reported, stage, number)
            }
            children[place] = try spawn(place)
        }
        // The last child takes part as well.
        try awaitOthers(than: nil, times)
        for place in Self.places { if aside { try doom(place, times) } }
        end()
        return try balance(aside: aside, insideKills, times)
    }

    /// Makes sure that the child stays outside the lock.
    private func doom(_ place: Int, _ number: Int) throws {
        let deadline = Deadline.after(patience)
        let stage = unsafe board.stage(place)
        while true {
            for found in [Stage.aside, Stage.joining] {
                let taken = unsafe stage.pointee.compareExchange(
                    expected: found, desired: Stage.doomed, ordering: .acquiringAndReleasing)
                if taken.exchanged { return }
            }
            if deadline.hasPassed { throw Unexpected(what: "before kill \(number) place \(place) waits for ever") }
            sched_yield()
        }
    }

    /// Waits until each of the others has completed a section more.
    private func awaitOthers(than target: Int?, _ number: Int) throws {
        let others = Self.places.filter { $0 != target }
        let before = others.map(sections)
        let deadline = Deadline.after(patience)
        while zip(others, before).contains(where: { sections($0) == $1 }) {
            if deadline.hasPassed { throw Unexpected(what: "after kill \(number) a process waits for ever") }
            usleep(100)
        }
    }

    /// Exactly one next owner receives the report of a death inside, and none that of a death outside.
    private func check(_ before: UInt32, _ stage: UInt32, _ number: Int) throws {
        let reported = unsafe board.reported.pointee.load(ordering: .acquiring) &- before
        let possible: ClosedRange<UInt32> =
            switch stage {
            case Stage.inside: 1...1
            case Stage.busy: 0...1
            default: 0...0
            }
        if !possible.contains(reported) {
            throw Unexpected(what: "kill \(number), stage \(stage), was reported \(reported) times")
        }
    }

    private func balance(aside: Bool, _ insideKills: UInt32, _ kills: Int) throws -> String {
        let shared = SharedMemory(key: key)
        try shared.attach()
        let words = Words(shared)
        let sections = Self.places.map(sections).reduce(0, &+)
        // The last children were killed at any point: one of them may have been inside.
        let cut = aside ? 0 : insideKills + 1
        let (begun, ended) = (words.load(0), words.load(1))
        try shared.detach()
        if unsafe board.torn.pointee.load(ordering: .relaxed) != 0 {
            throw Unexpected(what: "inconsistent data without a report")
        }
        guard begun >= sections, begun - sections <= cut, begun - ended <= (aside ? 0 : 1) else {
            throw Unexpected(
                what: "\(begun) sections begun, \(ended) ended, \(sections) counted, \(insideKills) cut short")
        }
        return "\(insideKills) \(sections)"
    }

    private func sections(_ place: Int) -> UInt32 { unsafe board.sections(place).pointee.load(ordering: .acquiring) }

    private func spawn(_ place: Int) throws -> pid_t {
        unsafe board.stage(place).pointee.store(Stage.joining, ordering: .releasing)
        let seed = random.next()
        let child = forkProcess()
        if child == 0 {
            _ = bench_die_with_parent()
            do {
                var life = Child(key: key, place: place, board: board, seed: seed)
                try life.live()
            } catch {
                let line = Array("shmprobe: a contender failed: \(error)\n".utf8)
                _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            }
            _exit(1)
        }
        guard child > 0 else { throw Errno(rawValue: errno) }
        return child
    }
}

/// A child that contends until it is killed. Words 0 and 1 of the segment are equal whenever the lock is free, except
/// after a death.
private struct Child {
    let key: String
    let place: Int
    let board: Board
    var random: SmallGenerator

    init(key: String, place: Int, board: Board, seed: UInt64) {
        (self.key, self.place, self.board) = (key, place, board)
        random = SmallGenerator(state: seed)
    }

    mutating func live() throws -> Never {
        let stage = unsafe board.stage(place)
        let shared = SharedMemory(key: key)
        try shared.attach()
        let words = Words(shared)
        var here = Stage.joining
        while true {
            // A participant for a while, through the handle or the primitive.
            let other = Bool.random(using: &random) ? SharedMemory(key: key) : nil
            let face: Face = if let other { .handle(other) } else { .primitive(try Primitive(shared)) }
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                leaveForWork(from: here)
                guard let died = try face.lock() else { throw Unexpected(what: "a wait that ended without the lock") }
                unsafe stage.pointee.store(Stage.inside, ordering: .releasing)
                work(words, died)
                unsafe stage.pointee.store(Stage.busy, ordering: .releasing)
                try face.unlock()
                unsafe stage.pointee.store(Stage.aside, ordering: .releasing)
                here = Stage.aside
                // Return soon, so that children contend, or later, so that the parent gets a CPU, too.
                if Bool.random(using: &random) {
                    for _ in 0..<Int.random(in: 0..<200, using: &random) { shm_cpu_relax() }
                } else {
                    usleep(UInt32.random(in: 0..<300, using: &random))
                }
            }
        }
    }

    /// Enters the lock, unless the parent has decided that this child is to die outside.
    private func leaveForWork(from stage: UInt32) {
        let left = unsafe board.stage(place).pointee.compareExchange(
            expected: stage, desired: Stage.busy, ordering: .acquiringAndReleasing)
        while !left.exchanged { pause() }
    }

    private mutating func work(_ words: Words, _ died: Bool) {
        if died { unsafe board.reported.pointee.add(1, ordering: .relaxed) }
        if words.load(0) != words.load(1) {
            if !died { unsafe board.torn.pointee.add(1, ordering: .relaxed) }
            words.store(words.load(0), at: 1)
        }
        words.store(words.load(0) &+ 1, at: 0)
        // Sometimes stay inside long enough to be hit by a kill, because the lock's own calls take most of the time.
        let pauses = Int.random(in: 0..<4, using: &random) == 0 ? 2000 : 20
        for _ in 0..<pauses { shm_cpu_relax() }
        words.store(words.load(1) &+ 1, at: 1)
        unsafe board.sections(place).pointee.add(1, ordering: .releasing)
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): a run can be repeated.
private struct SmallGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
