import Testing

/// Runs of the built program. They start processes and look for what those leave, so one test runs at a time.
@Suite(.serialized, .timeLimit(.minutes(1))) struct CommandLineSuite {}
