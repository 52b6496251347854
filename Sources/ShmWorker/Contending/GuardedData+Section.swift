internal import CBench
public import ShmHarness
internal import Synchronization

// The critical sections.
extension GuardedData {
    /// One critical section. A constant 0 for `lines` or `delay` leaves out its code. Returns 0 if the data agree with
    /// this worker being alone inside; a non-zero value if it met another owner word, or found related words that do not
    /// agree.
    @inline(__always)
    func section(worker: UInt32, counters count: Int, lines: Int = 0, delay: UInt64) -> UInt64 {
        let me = worker &+ 1
        // Differences are collected and judged once, by the caller: branches here would lengthen every critical
        // section.
        var contradiction = UInt64(unsafe owner.pointee.load(ordering: .relaxed))
        unsafe owner.pointee.store(me, ordering: .relaxed)
        let first = unsafe counters.pointee.load(ordering: .relaxed)
        contradiction |= unsafe mirror.pointee.load(ordering: .relaxed) ^ ~first
        unsafe mirror.pointee.store(~(first &+ 1), ordering: .relaxed)
        if delay > 0 { Delay.spin(delay) }
        if lines > 0 { contradiction |= touch(lines, counters: count, expecting: first) }
        // The first counter is not loaded again, so that an increment of another worker inside is lost, and noticed.
        unsafe counters.pointee.store(first &+ 1, ordering: .relaxed)
        var counter = unsafe counters + 1
        let end = unsafe counters + count
        while unsafe counter < end {
            let value = unsafe counter.pointee.load(ordering: .relaxed)
            unsafe counter.pointee.store(value &+ 1, ordering: .relaxed)
            unsafe counter += 1
            bench_keep(UInt64(UInt(bitPattern: counter)))
        }
        contradiction |= UInt64(unsafe owner.pointee.load(ordering: .relaxed) ^ me)
        unsafe owner.pointee.store(0, ordering: .relaxed)
        // One value to keep in a register during the unlock, and not four.
        bench_keep(contradiction)
        return contradiction
    }

    /// Increments the first word of each touched line, in order. Returns 0 if each was as the counters were before this
    /// section: another worker inside has incremented some of them.
    @inline(__always)
    private func touch(_ lines: Int, counters count: Int, expecting value: UInt64) -> UInt64 {
        var contradiction: UInt64 = 0
        var index = 0
        while index < lines {
            let word = unsafe line(index, counters: count)
            let found = unsafe word.pointee.load(ordering: .relaxed)
            contradiction |= found ^ value
            unsafe word.pointee.store(found &+ 1, ordering: .relaxed)
            index &+= 1
        }
        return contradiction
    }

    /// One read-only section. Returns 0 if the data agree with no writer being inside.
    @inline(__always)
    func readSection(counters count: Int, lines: Int = 0, delay: UInt64) -> UInt64 {
        var contradiction = UInt64(unsafe owner.pointee.load(ordering: .relaxed))
        let first = unsafe counters.pointee.load(ordering: .relaxed)
        contradiction |= unsafe mirror.pointee.load(ordering: .relaxed) ^ ~first
        if delay > 0 { Delay.spin(delay) }
        // Every section increments all counters, so they are equal.
        var index = 1
        while index < count {
            contradiction |= unsafe counters[index].load(ordering: .relaxed) ^ first
            index &+= 1
        }
        index = 0
        while index < lines {
            contradiction |= unsafe line(index, counters: count).pointee.load(ordering: .relaxed) ^ first
            index &+= 1
        }
        contradiction |= UInt64(unsafe owner.pointee.load(ordering: .relaxed))
        contradiction |= unsafe counters.pointee.load(ordering: .relaxed) ^ first
        return contradiction
    }

    /// Reads each page of the touched lines once, so that no page fault falls into a window.
    func touchPages(counters count: Int, lines: Int) {
        var sum: UInt64 = 0
        for index in stride(from: 0, to: lines, by: 4096 / Self.lineSize) {
            sum &+= unsafe line(index, counters: count).pointee.load(ordering: .relaxed)
        }
        if lines > 0 { sum &+= unsafe line(lines - 1, counters: count).pointee.load(ordering: .relaxed) }
        bench_keep(sum)
    }

    /// ``section(worker:counters:lines:delay:)`` without touched lines as a call, with a loop over the counters: a crash
    /// test kills at each of its instructions, and `selfbench` compares the worker's loop with one that calls it. It is
    /// public, so that the compiler does not specialise it for a caller's number of counters.
    @inline(never)
    public func sectionAsCall(worker: UInt32, counters: Int, delay: UInt64) -> UInt64 {
        section(worker: worker, counters: counters, delay: delay)
    }

    /// ``readSection(counters:lines:delay:)`` without touched lines as a call.
    @inline(never)
    public func readSectionAsCall(counters: Int, delay: UInt64) -> UInt64 {
        readSection(counters: counters, delay: delay)
    }
}
