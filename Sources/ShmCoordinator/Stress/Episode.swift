/// What one fault that was played came to.
struct Episode {
    /// What waits for ever, in words.
    var hang: String?
    /// What is wrong otherwise.
    var corruption: String?
    /// What the lock offers and did not do, and how that was seen.
    var breach: (exercise: Exercise, finding: String)?
    /// The others stood still while somebody was frozen.
    var stalled = false
    /// There was no occasion for it; it does not count.
    var wasIdle = false

    /// Whether something is wrong that a process that cannot run would explain.
    var isSuspicious: Bool { hang != nil || corruption != nil || breach != nil }
}
