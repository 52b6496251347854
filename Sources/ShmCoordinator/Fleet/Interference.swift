/// What somebody else did to a round's workers, so that its figures are no measure.
final class Interference {
    /// The first that was noticed.
    private(set) var first: Standstill?

    /// A worker was stopped by a signal, and perhaps went on.
    func note(_ name: String, wasStopped process: Int32) {
        note("\(name) \(ProcessFreeze.description(of: process) ?? "was stopped by a signal, and went on")")
    }

    /// Something else, in words.
    func note(_ text: String) { first = first ?? Standstill(text: text) }
}
