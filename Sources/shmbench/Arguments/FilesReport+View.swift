internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender

extension FilesReport.View {
    /// Refuses a reference that no file has.
    func check(against rounds: [RecordedRounds]) throws {
        guard let reference else { return }
        let locks = rounds.flatMap(\.records).map(\.lock).uniqued()
        if locks.contains(reference) { return }
        let hint = LockSelection.nearest(to: reference, among: locks).map { "; did you mean `\($0)`?" } ?? ""
        throw Failure.invalid(reference, for: "--reference", expected: "a lock of the files" + hint)
    }
}
