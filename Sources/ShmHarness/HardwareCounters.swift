internal import CBench
internal import Glibc

/// Counts of the CPU's own, by perf_event_open(2), of this process in user mode. Virtual machines and containers often
/// have none, or forbid it; what cannot be counted stays unknown.
public struct HardwareCounters {
    /// What is counted.
    public enum Event: Int32, CaseIterable {
        /// CPU cycles.
        case cycles = 0
        /// Instructions that were retired.
        case instructions = 1
        /// Of the last level, as the kernel defines it for the CPU.
        case cacheMisses = 3
    }

    private let descriptors: [Int32]

    /// Starts to count.
    public init() { descriptors = Event.allCases.map { bench_perf_open(UInt64($0.rawValue)) } }

    /// What has been counted so far, in the order of the events. Allocates nothing: the caller's tuple is filled.
    public func read() -> (cycles: UInt64, instructions: UInt64, cacheMisses: UInt64) {
        (count(descriptors[0]), count(descriptors[1]), count(descriptors[2]))
    }

    /// Lets go of them.
    public func close() { for descriptor in descriptors where descriptor >= 0 { Glibc.close(descriptor) } }

    private func count(_ descriptor: Int32) -> UInt64 {
        guard descriptor >= 0 else { return WorkerSlot.unknown }
        var reading: (value: UInt64, enabled: UInt64, running: UInt64) = (0, 0, 0)
        let count = unsafe withUnsafeMutableBytes(of: &reading) {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        // One that had to share the CPU's few counters has missed a part.
        return count == 24 && reading.enabled == reading.running ? reading.value : WorkerSlot.unknown
    }
}

/// Whether this process can count the CPU's events at all.
public enum HardwareCounterProbe {
    /// Tries, and lets go again.
    public static var works: Bool {
        let counters = HardwareCounters()
        defer { counters.close() }
        return counters.read().cycles != WorkerSlot.unknown
    }
}
