/// Why a round has no result.
public enum RoundFailure: Error, Sendable {
    /// Ctrl-C or a similar signal.
    case interrupted
    /// A failure that one line describes.
    case failed(String)
}
