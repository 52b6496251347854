/// A time in which this process, and hence everything that it watches, was due to run and did not.
public struct ProcessPause: Sendable, Equatable {
    /// The kinds of pauses.
    public enum Kind: Sendable, Equatable {
        /// The process did not run, and did not wait for a CPU: SIGSTOP, a control group's freezer, a stopped virtual
        /// machine.
        case stopped
        /// The machine was suspended: `CLOCK_BOOTTIME` advanced and `CLOCK_MONOTONIC` did not.
        case suspended
        /// `CLOCK_REALTIME` jumped ahead: a virtual machine was resumed, or the clock was set.
        case clockJump
    }

    /// The kind of the pause.
    public let kind: Kind
    /// Start and end, ``Clock/now()``; equal if that clock stood still, too.
    public let interval: Range<UInt64>
    /// Duration, in ns.
    public let nanoseconds: UInt64
    /// Start, in seconds since 1970.
    public let began: Int64

    /// Duration and start, as in "3.0 s from 13:05:09 UTC on".
    public var when: String { "\(Self.seconds(nanoseconds)) from \(Self.timeOfDay(began)) UTC on" }

    static func seconds(_ nanoseconds: UInt64) -> String {
        if nanoseconds < 1_000_000_000 { return "\(nanoseconds / 1_000_000) ms" }
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }

    private static func timeOfDay(_ seconds: Int64) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = (seconds % 86_400 + 86_400) % 86_400
        return "\(two(day / 3600)):\(two(day / 60 % 60)):\(two(day % 60))"
    }
}
