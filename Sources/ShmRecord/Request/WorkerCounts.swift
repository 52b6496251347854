internal import ShmCoordinator

/// The value of `--workers`: numbers of contending processes.
package enum WorkerCounts {
    /// Parses the numbers, in their order, each once.
    ///
    /// - Parameter name: the option or key, for the message of the error.
    /// - Throws: ``Failure`` with the code `usage` if a number is invalid or there is none.
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
