import Glibc
import ShmCore
import Testing

/// The parent of all suites of the library. Its tests run one after another, because they start processes and measure
/// time.
@Suite(.serialized, .timeLimit(.minutes(10)))
enum ShmCoreSuite {}

/// Expects a failure with that code, and returns it.
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

/// The duration of a closure.
func time(_ body: () throws -> Void) rethrows -> Duration {
    try ContinuousClock().measure(body)
}

/// Whether this process may change its user.
let isRoot = geteuid() == 0

extension Trait where Self == ConditionTrait {
    /// For tests that change the user.
    static var needsRoot: Self { .enabled(if: isRoot, "needs root, to change the user") }
}

extension LockKind {
    /// The kinds that exclude.
    static let excluding = all.filter(\.properties.excludes)

    /// The kinds with waiters.
    static let waiting = all.filter { $0.properties.waiting != .never }
}
