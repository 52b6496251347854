internal import ArgumentParser
internal import ShmCore
internal import ShmRender

/// `shmbench list`.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the catalogue of locks and what each promises.")

    @Flag(help: "Print the names alone, a line each, for scripts.")
    var names = false

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @OptionGroup var plugin: PluginOption

    mutating func run() throws {
        try plugin.load()
        if names { return try Terminal.show(LockKind.all.map { "\($0.name)\n" }.joined()) }
        try Terminal.show(Report.catalogue, format)
    }
}
