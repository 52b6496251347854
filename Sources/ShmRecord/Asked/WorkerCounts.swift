internal import ShmCoordinator

/// The value of `--workers`: counts of contending processes.
package enum WorkerCounts {
    /// - Parameter name: of what the values were written for: an option, or a key.
    package static func counts(_ values: [String], for name: String = Parameter.workers.option) throws -> [Int] {
        let counts = try values.map { value in
            var load = Load()
            try Parameter.workers.set(value, for: name, in: &load)
            return load.workers
        }
        if counts.isEmpty { throw Failure.invalid("", for: name, expected: Parameter.workers.expected) }
        return counts.uniqued()
    }
}
