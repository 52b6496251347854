internal import ArgumentParser
internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// `shmbench list`.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the catalogue of locks and their promises.", discussion: Examples.text("list"))

    @Flag(help: "Show only the names; as a table, one on a line, for scripts.")
    var names = false

    @OptionGroup var document: DocumentOptions

    @OptionGroup var plugin: PluginOption

    mutating func run() throws {
        try plugin.load()
        if names { return try document.show(.names, Report.lockNames) }
        try document.show(.list, Report.catalogue)
    }
}
