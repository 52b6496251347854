internal import ArgumentParser
internal import ShmCore
internal import ShmRender

/// `shmbench list`.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the catalogue of locks and their promises.")

    @Flag(help: "Print only the names, one on a line, for scripts.")
    var names = false

    @Option("--format", .format, valueName: "format", OutputFormat.help)
    var format = OutputFormat.table

    @OptionGroup var plugin: PluginOption

    mutating func run() throws {
        try plugin.load()
        if names { return try Terminal.show(LockKind.all.map { "\($0.name)\n" }.joined()) }
        try Terminal.show(Report.catalogue, format)
    }
}
