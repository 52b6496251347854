public import ShmHarness

/// The machine instructions and system calls of a process on one path: lock, critical section, unlock.
///
/// The counts have no noise. They differ between repetitions only where the lock itself takes different ways, for example
/// because it reads a clock.
public struct PathCost: Sendable, Equatable {
    /// The path.
    public let path: CrashPath
    /// The fewest and the most instructions over all repetitions.
    public private(set) var instructions: ClosedRange<Int>
    /// The fewest and the most system calls over all repetitions.
    public private(set) var systemCalls: ClosedRange<Int>

    /// Creates the cost of a path.
    public init(_ path: CrashPath, instructions: ClosedRange<Int>, systemCalls: ClosedRange<Int>) {
        self.path = path
        self.instructions = instructions
        self.systemCalls = systemCalls
    }

    /// Extends the ranges by another repetition of the same path.
    mutating func add(_ other: PathCost) {
        instructions = Self.hull(instructions, other.instructions)
        systemCalls = Self.hull(systemCalls, other.systemCalls)
    }

    private static func hull(_ one: ClosedRange<Int>, _ other: ClosedRange<Int>) -> ClosedRange<Int> {
        min(one.lowerBound, other.lowerBound)...max(one.upperBound, other.upperBound)
    }
}
