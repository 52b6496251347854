import Testing

/// These tests start processes and check what they leave behind, so they run one at a time.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ShmCoordinatorSuite {}
