public import ShmHarness

/// Events in Chrome's trace format, which Perfetto (ui.perfetto.dev) opens: each worker has a track of waits and holds.
/// Source: *Trace Event Format*, the Chromium project.
public struct ChromeTrace {
    private var entries: [String] = []
    private var groups = 0

    /// Creates an empty trace.
    public init() {}

    /// Adds one group of workers.
    ///
    /// - Parameters:
    ///   - name: the title of the group.
    ///   - events: events of each worker, oldest first; times in ns of one clock.
    public mutating func add(_ name: String, _ events: [[FlightEvent]]) {
        groups += 1
        let group = groups
        entries.append(
            #"{"ph":"M","pid":\#(group),"name":"process_name","args":{"name":"\#(Self.escaped(name))"}}"#)
        let origin = events.compactMap { $0.first?.time }.min() ?? 0
        for (worker, events) in events.enumerated() where !events.isEmpty {
            let line = #""pid":\#(group),"tid":\#(worker + 1)"#
            entries.append(
                #"{"ph":"M",\#(line),"name":"thread_name","args":{"name":"worker \#(worker + 1)"}}"#)
            var (waits, holds): (UInt64?, UInt64?) = (nil, nil)
            func slice(_ name: String, from start: UInt64, to end: UInt64) -> String {
                #"{"ph":"X",\#(line),"name":"\#(name)","ts":\#(Self.micro(start - origin)),"dur":\#(Self.micro(end > start ? end - start : 0))}"#
            }
            for event in events where event.time >= origin {
                switch event.kind {
                case .wait, .attempt, .timedWait, .read: waits = event.time
                case .giveUp:
                    if let start = waits { entries.append(slice("wait, not acquired", from: start, to: event.time)) }
                    waits = nil
                case .acquire:
                    if let start = waits { entries.append(slice("wait", from: start, to: event.time)) }
                    (waits, holds) = (nil, event.time)
                case .release:
                    if let start = holds { entries.append(slice("hold", from: start, to: event.time)) }
                    holds = nil
                default:
                    entries.append(
                        #"{"ph":"i","s":"t",\#(line),"name":"\#(Self.escaped(event.words))","ts":\#(Self.micro(event.time - origin))}"#
                    )
                }
            }
            // Unfinished waits and holds extend to the last event.
            let end = events.last?.time ?? 0
            if let start = waits { entries.append(slice("wait, unfinished", from: start, to: max(end, start))) }
            if let start = holds { entries.append(slice("hold, unfinished", from: start, to: max(end, start))) }
        }
    }

    /// The trace as JSON.
    public var json: String {
        "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n" + entries.joined(separator: ",\n") + "\n]}\n"
    }

    /// Microseconds with three decimals.
    private static func micro(_ nanoseconds: UInt64) -> String {
        let rest = String(nanoseconds % 1000)
        return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").filter { $0 >= " " }
    }
}
