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
        switch format {
        case .table: try Terminal.show(Catalogue.text(Terminal.page))
        case .markdown: try Terminal.show(Catalogue.markdown)
        case .csv: try Terminal.show(Catalogue.full.csv(Catalogue.kinds))
        case .json: try Terminal.show(Catalogue.full.json(Catalogue.kinds))
        }
    }
}
