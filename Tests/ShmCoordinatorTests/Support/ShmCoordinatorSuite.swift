import Testing

/// Everything here starts processes and looks for what they leave, so one test runs at a time.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ShmCoordinatorSuite {}
