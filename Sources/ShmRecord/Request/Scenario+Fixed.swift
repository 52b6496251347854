internal import ShmCore
internal import TOMLKit

extension Scenario {
    /// Whether the cells of a scenario are the same on every machine: each workload names its locks one by one, and its numbers
    /// of workers, where the command line does not.
    ///
    /// - Parameters:
    ///   - locks: whether the command line names locks.
    ///   - workers: whether the command line has numbers of workers.
    package static func isFixed(_ text: String, locks: Bool, workers: Bool) -> Bool {
        guard let workloads = (try? TOMLTable(string: text))?["workload"]?.array else { return false }
        return (0..<workloads.count).allSatisfy { index in
            guard let table = workloads[index].table else { return false }
            let names = table["locks"]?.array.map { array in (0..<array.count).map { array[$0].string ?? "" } }
            let hasLocks = locks || (names ?? [table["locks"]?.string ?? ""]).allSatisfy { LockKind(named: $0) != nil }
            return hasLocks && (workers || table["workers"] != nil)
        }
    }
}
