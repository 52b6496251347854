import Testing

/// Runs of the built program. They start processes and check what those leave, so the tests of one suite run one at a time. The three
/// suites run side by side: most tests wait for processes, and each finds its own run's traces among those of others (`Traces`).
@Suite(.timeLimit(.minutes(10))) enum CommandLineSuite {
    /// What measures, and what compares measurements.
    @Suite(.serialized) enum Measuring {}

    /// Processes that are killed, stopped or short of resources.
    @Suite(.serialized) enum Faults {}

    /// What the program reads, and what it writes.
    @Suite(.serialized) enum Inputs {}
}
