internal import CBench
internal import Glibc

/// CPU event counts of this process in user mode, by perf_event_open(2). Virtual machines and containers often have no
/// counters, or forbid them; counts that are not available are ``WorkerSlot/unknown``.
public struct HardwareCounters {
    /// What is counted.
    public enum Event: Int32, CaseIterable {
        /// CPU cycles. Their length changes with the CPU's frequency.
        case cycles = 0
        /// Retired instructions.
        case instructions = 1
        /// Misses of the last-level cache, as the kernel defines the event for the CPU.
        case cacheMisses = 3
    }

    private let descriptors: [Int32]

    /// Opens the counters, which start at once.
    public init() { descriptors = Event.allCases.map { bench_perf_open(UInt64($0.rawValue)) } }

    /// The counts so far, in the order of the events. The result is a tuple, so reading allocates nothing.
    public func read() -> (cycles: UInt64, instructions: UInt64, cacheMisses: UInt64) {
        (count(descriptors[0]), count(descriptors[1]), count(descriptors[2]))
    }

    /// Closes the counters.
    public func close() { for descriptor in descriptors where descriptor >= 0 { Glibc.close(descriptor) } }

    private func count(_ descriptor: Int32) -> UInt64 {
        guard descriptor >= 0 else { return WorkerSlot.unknown }
        var reading: (value: UInt64, enabled: UInt64, running: UInt64) = (0, 0, 0)
        let count = unsafe withUnsafeMutableBytes(of: &reading) {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        // A counter that was multiplexed with others has missed a part of the events.
        return count == 24 && reading.enabled == reading.running ? reading.value : WorkerSlot.unknown
    }
}

/// Whether this process can count CPU events.
public enum HardwareCounterProbe {
    /// Opens the counters and reads one.
    public static var works: Bool {
        let counters = HardwareCounters()
        defer { counters.close() }
        return counters.read().cycles != WorkerSlot.unknown
    }
}
