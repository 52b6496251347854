/// Why a round has no result.
public enum RoundFailure: Error, Sendable {
    /// Ctrl-C or its like.
    case interrupted
    /// Something that one line describes.
    case failed(String)
}
