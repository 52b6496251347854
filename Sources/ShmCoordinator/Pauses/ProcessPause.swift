/// A time in which this process, and so everything that it watches over, did not run though it was due.
public struct ProcessPause: Sendable, Equatable {
    /// How it shows.
    public enum Kind: Sendable, Equatable {
        /// The process did not run, and did not wait for a CPU: SIGSTOP, a control group's freezer, a stopped virtual
        /// machine.
        case stopped
        /// The machine slept: `CLOCK_BOOTTIME` went on and `CLOCK_MONOTONIC` did not.
        case suspended
        /// `CLOCK_REALTIME` jumped ahead: a virtual machine was resumed, or the clock was set.
        case clockJump
    }

    /// How it shows.
    public let kind: Kind
    /// Its begin and end, ``Clock/now()``; equal where that clock stood still, too.
    public let interval: Range<UInt64>
    /// How long it was, ns.
    public let nanoseconds: UInt64
    /// When it began, seconds since 1970.
    public let began: Int64

    /// How long, and when, as in "3.0 s from 13:05:09 UTC on".
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
