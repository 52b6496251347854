internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// What `robust-futex`'s quiet mode and bias save, against a plain futex and against the lock in contended mode only,
/// by turns.
enum ModeCost {
    private static let rounds = 15
    /// Longer than any run of acquisitions: no bias. And a short one.
    private static let (noBias, soonBiased) = ("4294967295", "64")

    static func measure(_ report: inout Bars, _ folder: String) throws {
        defer { for name in ["SHM_ROBUST_RUN", "SHM_ROBUST_PLAIN"] { unsafe unsetenv(name) } }
        try measureAlone(&report, folder)
        try measureHandle(&report, folder)
        try measureCompany(&report, folder)
    }

    // MARK: One worker

    private static func measureAlone(_ report: inout Bars, _ folder: String) throws {
        let program = try WorkerProgram(path: "\(folder)/shmworker")
        let speed = Delay.calibrate()
        var number = 60_000
        var load = Load()
        load.counters = 1
        let cases: [(name: String, kind: LockKind, run: String)] = [
            ("none", .noLock, noBias), ("futex", .futex, noBias), ("quiet mode", .robustFutex, noBias),
            ("bias", .robustFutex, soonBiased),
        ]
        var times: [String: [Double]] = [:]
        let floors = ["none", "futex", "quiet-floor", "bias-floor"]
        for _ in 0..<rounds {
            for name in floors {
                let text = try Output.line(of: "'\(folder)/cbaseline' \(name) 1 20 100 1 0 0")
                times["C \(name)", default: []].append(1e9 / (Double(text) ?? .nan))
            }
            for (name, kind, run) in cases {
                unsafe setenv("SHM_ROBUST_RUN", run, 1)
                let timing = Timing(
                    warmup: 20_000_000, throughput: 100_000_000, latency: 1_000_000, stuckAfter: 10_000_000_000)
                var round = try Round(Cell(kind, load), timing, number: number, program: program, delays: speed)
                number += 1
                guard let figures = try round.run().figures else { throw Missing("\(kind) got stuck") }
                times[name, default: []].append(figures.duration * 1e9 / Double(figures.acquisitions))
            }
        }
        func time(_ name: String) -> Double { median(times[name] ?? []) ?? .infinity }
        for (name, _, _) in cases { report.note("1 worker, empty section: \(name) \(rounded(time(name))) ns") }
        // The accesses that the modes cannot do without, alone, in the same loop in C: no figure below can be reached.
        for name in floors {
            let (own, futex) = (time("C \(name)"), time("C futex"))
            report.note("the loop in C: \(name) \(rounded(own)) ns, \(rounded(own / futex)) of its futex")
        }
        for (name, bar) in [("quiet mode", 0.72), ("bias", 0.35)] {
            report.line(
                "1 worker, empty section: \(name)'s time over futex's", time(name) / time("futex"), "×", atMost: bar)
        }
    }

    // MARK: The handle

    private static func measureHandle(_ report: inout Bars, _ folder: String) throws {
        unsafe setenv("SHM_ROBUST_RUN", soonBiased, 1)
        let pairs = try (0..<rounds).map { _ -> (handle: Double, futex: Double) in
            let words = try Output.line(of: "'\(folder)/selfbench' biased-handle").split(separator: " ")
            guard words.count == 2, let handle = Double(words[0]), let futex = Double(words[1]) else {
                throw Missing("biased-handle printed no figures")
            }
            return (handle, futex)
        }
        let (handle, futex) = (median(pairs.map(\.handle)) ?? 0, median(pairs.map(\.futex)) ?? 0)
        report.note(
            "lock, increment, unlock: biased handle \(rounded(handle)) ns, futex primitive \(rounded(futex)) ns")
        let ratio = median(pairs.map { $0.handle / $0.futex }) ?? .infinity
        report.line("the biased handle's time over the futex primitive's", ratio, "×", atMost: 0.50)
    }

    /// The child process: prints the nanoseconds of a section through a biased handle, and through a futex.
    static func printBiasedHandle() throws {
        let segments = try [LockKind.robustFutex, .futex].map { kind in
            let segment = try scratchSegment("biased-\(kind.name)-\(getpid())")
            try segment.create(size: 64, lock: kind)
            try segment.attach()
            return segment
        }
        defer { for segment in segments { try? segment.destroy(mode: .forceNoWait) } }
        let (robust, plain) = (segments[0], segments[1])
        let futex = try plain.participant(in: FutexLock.self)
        guard let first = unsafe robust.mutableData?.baseAddress?.assumingMemoryBound(to: UInt64.self),
            let second = unsafe plain.mutableData?.baseAddress?.assumingMemoryBound(to: UInt64.self)
        else { throw Missing("the segment is not attached") }
        var (handles, primitives): ([Double], [Double]) = ([], [])
        for _ in 0..<41 {
            handles.append(try unsafe time(robust, first))
            primitives.append(unsafe time(futex, second))
        }
        print(median(handles) ?? 0, median(primitives) ?? 0)
    }

    // Loops of their own, so that the compiler keeps their few values in registers.
    private static let turns = 20_000

    @inline(never)
    private static func time(_ segment: SharedMemory, _ data: UnsafeMutablePointer<UInt64>) throws -> Double {
        let start = Clock.now()
        for _ in 0..<turns {
            try segment.lock()
            unsafe data.pointee &+= 1
            try segment.unlock()
        }
        return Double(Clock.now() - start) / Double(turns)
    }

    @inline(never)
    private static func time(_ lock: borrowing FutexLock, _ data: UnsafeMutablePointer<UInt64>) -> Double {
        let start = Clock.now()
        for _ in 0..<turns {
            _ = lock.lock()
            unsafe data.pointee &+= 1
            lock.unlock()
        }
        return Double(Clock.now() - start) / Double(turns)
    }

    // MARK: Two workers that seldom meet

    private static func measureCompany(_ report: inout Bars, _ folder: String) throws {
        unsafe unsetenv("SHM_ROBUST_RUN")
        var found: [String: [Figures]] = [:]
        for _ in 0..<rounds {
            for pattern in ["turns", "visits"] {
                for mode in ["plain", "as built"] {
                    if mode == "plain" {
                        unsafe setenv("SHM_ROBUST_PLAIN", "1", 1)
                    } else {
                        unsafe unsetenv("SHM_ROBUST_PLAIN")
                    }
                    found["\(pattern) \(mode)", default: []].append(try company(pattern, folder))
                }
            }
        }
        func value(_ name: String, _ part: (Figures) -> Double) -> Double { median((found[name] ?? []).map(part)) ?? 0 }
        for pattern in ["turns", "visits"] {
            for mode in ["plain", "as built"] {
                let name = "\(pattern) \(mode)"
                report.note(
                    "\(name): \(rounded(value(name) { $0.rate / 1e6 })) M/s, p99 of the second "
                        + "\(rounded(value(name) { $0.p99 / 1e3 })) µs")
            }
        }
        report.line(
            "two that take turns every 10 ms: contended mode's throughput over that as built",
            value("turns plain", \.rate) / value("turns as built", \.rate), "×", atMost: 1)
        report.line(
            "one alone, visited every 10 ms: contended mode's throughput over that as built",
            value("visits plain", \.rate) / value("visits as built", \.rate), "×", atMost: 1 / 1.3)
        report.line(
            "the visitor's p99 beyond that of contended mode",
            (value("visits as built", \.p99) - value("visits plain", \.p99)) / 1e3, " µs", atMost: 150)
    }

    private struct Figures {
        /// Acquisitions a second; with visits, those of the first.
        let rate: Double
        /// The p99 of the second's acquisitions, in ns; 0 where none was timed.
        let p99: Double
    }

    private static let company = 300_000_000

    /// Two processes on a new segment for 300 ms.
    private static func company(_ pattern: String, _ folder: String) throws -> Figures {
        let segment = try scratchSegment("company-\(Clock.now())")
        // A process reads the environment variables once.
        _ = try Output.text(of: "'\(folder)/selfbench' robust-segment '\(segment.key)'")
        defer { try? segment.destroy(mode: .forceNoWait) }
        let start = Clock.now() + 50_000_000
        let peer = "'\(folder)/selfbench' peer '\(segment.key)' \(pattern) \(start)"
        let text = try Output.text(of: "\(peer) 0 & \(peer) 1; wait")
        var figures: [Int: (count: Double, p99: Double)] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").compactMap { Double($0) }
            if words.count == 3 { figures[Int(words[0])] = (words[1], words[2]) }
        }
        guard let first = figures[0], let second = figures[1] else {
            throw Missing("a peer printed no figures: \(text)")
        }
        let count = pattern == "turns" ? first.count + second.count : first.count
        return Figures(rate: count * 1e9 / Double(company), p99: second.p99)
    }

    /// The child process that creates the segment.
    static func createSegment(_ key: String) throws {
        try SharedMemory(key: key).create(size: 64, lock: .robustFutex)
    }

    /// The child process `KEY PATTERN START NUMBER`: prints its number, its acquisitions and their p99 in ns.
    static func runPeer(_ arguments: [String]) throws {
        guard arguments.count == 4, let start = UInt64(arguments[2]), let number = UInt64(arguments[3]) else {
            throw Missing("invalid arguments of a peer")
        }
        let segment = SharedMemory(key: arguments[0])
        try segment.attach()
        let lock = try segment.participant(in: RobustFutexLock.self)
        guard let data = unsafe segment.mutableData?.baseAddress?.assumingMemoryBound(to: UInt64.self) else {
            throw Missing("the segment is not attached")
        }
        let (end, slice) = (start + UInt64(company), UInt64(10_000_000))
        while Clock.now() < start {}
        var count = 0
        var waits: [Double] = []
        let visits = arguments[1] == "visits" && number == 1
        while true {
            let now = Clock.now()
            if now >= end { break }
            if visits {
                usleep(10_000)
                let before = Clock.now()
                _ = lock.lock()
                waits.append(Double(Clock.now() - before))
                unsafe data.pointee &+= 1
                lock.unlock()
                count += 1
            } else if arguments[1] == "turns", (now - start) / slice % 2 != number {
                usleep(UInt32((slice - (now - start) % slice) / 1000 + 1))
            } else {
                for _ in 0..<256 {
                    _ = lock.lock()
                    unsafe data.pointee &+= 1
                    lock.unlock()
                }
                count += 256
            }
        }
        print(number, count, waits.isEmpty ? 0 : quantile(0.99, of: waits))
    }
}
