internal import ArgumentParser
internal import ShmRecord
internal import ShmRender

/// `--plot`: the option of commands whose documents have curves.
struct PlotOption: ParsableArguments {
    @Flag(help: "Plot curves below the tables on stdout, as text. The format html has all of them.")
    var plot = false

    /// Refuses plots in other formats than text.
    func check(_ document: DocumentOptions) throws {
        if plot && document.format != .table {
            throw Failure.conflict(
                "--plot", "--format \(document.format.name)",
                "leave out --format, since plots are text; --output names a file in another format")
        }
    }
}
