/// The value of `--workers`: counts of contending processes.
package enum WorkerCounts {
    /// More than this is a mistake; every worker is a process.
    package static let most = 4096

    package static func counts(_ values: [String]) throws -> [Int] {
        let counts = try values.map { value in
            guard let count = Int(value), (1...most).contains(count) else {
                throw Failure(
                    "--workers \(value) makes no sense: a round has 1 to \(most) workers, as in `--workers 1,2,8`",
                    code: .usage)
            }
            return count
        }
        if counts.isEmpty { throw Failure("--workers names no number, as in `--workers 1,2,8`", code: .usage) }
        return counts.uniqued()
    }
}
