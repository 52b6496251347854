/// The result of one execution of a fault.
struct Episode {
    /// What hangs, in words.
    var hang: String?
    /// What is wrong otherwise, in words.
    var corruption: String?
    /// What the lock offers and did not do, and the evidence.
    var breach: (exercise: Exercise, finding: String)?
    /// The others made no progress while a process was frozen.
    var stalled = false
    /// There was no opportunity for the fault; the episode does not count.
    var wasIdle = false

    /// Whether something is wrong that a process without CPU time would explain.
    var isSuspicious: Bool { hang != nil || corruption != nil || breach != nil }
}
