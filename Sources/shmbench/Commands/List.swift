internal import ArgumentParser
internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// `shmbench list`.
struct List: CheckedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the catalogue of locks and their promises.", discussion: Examples.text("list"))

    @Flag(help: "Print only the names, one on a line, for scripts.")
    var names = false

    @OptionGroup var document: DocumentOptions

    @OptionGroup var plugin: PluginOption

    func check() throws {
        if names { try document.refuse(with: "--names", "--names prints lines of text") }
    }

    mutating func run() throws {
        try plugin.load()
        if names { return try Terminal.show(LockKind.all.map { "\($0.name)\n" }.joined()) }
        try document.show(.list, Report.catalogue)
    }
}
