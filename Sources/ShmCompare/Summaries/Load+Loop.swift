package import ShmRecord

extension Load {
    /// Whether acquisitions are due at times of a schedule.
    package var isOpen: Bool { arrivals != "closed" }
}
