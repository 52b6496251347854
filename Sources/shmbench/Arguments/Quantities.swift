internal import ArgumentParser
internal import ShmCompare
internal import ShmRecord

extension TimeSpan {
    /// Reads an argument; says what is wrong with it.
    @Sendable
    static func parse(_ argument: String) throws -> TimeSpan {
        guard let span = TimeSpan(argument) else { throw ValidationError("write a time \(form)") }
        return span
    }
}

extension Rate {
    /// Reads an argument; says what is wrong with it.
    @Sendable
    static func parse(_ argument: String) throws -> Rate {
        guard let rate = Rate(argument) else {
            throw ValidationError("write acquisitions a second as in 20000, 50k or 1.5M, more than 0 and at most 1000M")
        }
        return rate
    }
}

extension SortKey: ExpressibleByArgument {}
