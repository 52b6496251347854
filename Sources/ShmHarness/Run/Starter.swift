/// A coordinator, as it identifies itself to the workers that it starts: `RUN.PID`.
///
/// The process id serves only to check that the coordinator is still the parent, which the run's lease alone cannot
/// show.
package struct Starter: Sendable, Equatable, CustomStringConvertible {
    package let run: RunID
    /// Its process id.
    package let process: Int32

    package init(run: RunID, process: Int32) {
        self.run = run
        self.process = process
    }

    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let run = RunID(parts[0]), let process = Int32(parts[1]) else { return nil }
        self.init(run: run, process: process)
    }

    package var description: String { "\(run).\(process)" }
}
