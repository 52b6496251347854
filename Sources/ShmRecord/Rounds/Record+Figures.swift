package import ShmCoordinator

extension Record {
    /// Acquisitions a second in the throughput window.
    package var throughput: Double? { number("throughput_per_s") }

    /// The finding of the integrity oracle; `nil` where it is none that this version knows.
    package var integrity: RoundResult.Integrity? { RoundResult.Integrity(rawValue: text("integrity")) }

    /// Whether an open loop could not carry its rate.
    package var isOverloaded: Bool { text("overloaded") == "yes" }

    /// Whether the workers were ended before they reported what the throughput window cost. A file without the column
    /// does not say.
    package var isCutShort: Bool { !text("duration_s").isEmpty && fields["user_s"] == "" }

    /// Whether throughput was steady when the warm-up ended, as far as is known.
    package var wasSteady: Bool { text("steady") != "no" }

    /// Whether heap bytes could not be counted, though there were acquisitions to count them for.
    package var lacksHeapCount: Bool {
        fields["heap_bytes_per_op"] == "" && !text("user_s").isEmpty && (number("acquisitions") ?? 0) > 0
    }

    /// CPUs of the machine that the run could use.
    package var cpus: Int? { Int(text("cpus")) }
}
