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

extension SortKey: ExpressibleByArgument {}
