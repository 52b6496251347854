import Glibc
import ShmCore
import Testing

/// Every suite of the library lies in this one. Its tests run one after another: they start processes and measure time.
@Suite(.serialized, .timeLimit(.minutes(1)))
enum ShmCoreSuite {}

/// Expects a failure of that kind, and returns it.
@discardableResult
func expect(
    _ code: SharedMemoryError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> SharedMemoryError? {
    let error = #expect(throws: SharedMemoryError.self, sourceLocation: sourceLocation, performing: body)
    if let error {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(!error.reason.isEmpty, sourceLocation: sourceLocation)
    }
    return error
}

/// How long something took.
func time(_ body: () throws -> Void) rethrows -> Duration {
    try ContinuousClock().measure(body)
}

/// Whether this process may become other users.
let isRoot = geteuid() == 0

extension Trait where Self == ConditionTrait {
    /// For tests that become another user.
    static var needsRoot: Self { .enabled(if: isRoot, "needs root, to become another user") }
}

extension LockKind {
    /// Those that exclude anybody.
    static let excluding = all.filter(\.properties.excludes)

    /// Those where somebody waits.
    static let waiting = all.filter { $0.properties.waiting != .never }
}
