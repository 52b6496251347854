/// The mark of locks that survive their owner's death, in verdicts and overviews.
enum SurvivalMark {
    static let sign = "†"
    static let legend = "\(sign): survives its owner's death."

    /// The name of a lock with its mark.
    static func name(_ lock: String, survives: Bool) -> String { lock + (survives ? sign : "") }
}
