internal import ArgumentParser
internal import ShmRecord
internal import ShmRender

extension OutputFormat: ExpressibleByArgument {
    /// A value of `--format`.
    public init?(argument: String) { self.init(named: argument) }

    /// As help texts show it.
    public var defaultValueDescription: String { name }

    /// All names, for help texts.
    public static var allValueStrings: [String] { Renderers.all.map(\.name) }

    /// Of a file that findings are written to, by its ending.
    init(findings file: String) throws {
        guard let format = OutputFormat(file: file) else {
            let endings = Renderers.all.compactMap(\.ending)
            let list = endings.dropLast().joined(separator: ", ") + " or " + (endings.last ?? "")
            throw Failure("--output \(file): the ending must be \(list)", code: .usage)
        }
        self = format
    }
}
