package import ShmCoordinator

extension Record {
    /// Acquisitions per second in the throughput window.
    package var throughput: Double? { number("throughput_per_s") }

    /// The requested length of the throughput window, s; the measured one if the file does not say.
    package var window: Double? { number("requested_duration_s") ?? number("duration_s") }

    /// The finding of the integrity oracle; `nil` if this version does not know it.
    package var integrity: RoundResult.Integrity? { RoundResult.Integrity(rawValue: text("integrity")) }

    /// Whether an open loop did not sustain its rate.
    package var isOverloaded: Bool { text("overloaded") == "yes" }

    /// Whether the workers were ended before they reported the costs of the throughput window; `false` if the file does not
    /// have the column.
    package var isCutShort: Bool { !text("duration_s").isEmpty && isEmpty("user_s") }

    /// Whether throughput was steady at the end of the warm-up; `true` if the file does not say.
    package var wasSteady: Bool { text("steady") != "no" }

    /// Whether heap bytes are missing although there were acquisitions.
    package var lacksHeapCount: Bool {
        isEmpty("heap_bytes_per_op") && !text("user_s").isEmpty && (number("acquisitions") ?? 0) > 0
    }

    /// The number of CPUs that the run could use.
    package var cpus: Int? { Int(text("cpus")) }
}
