internal import ShmRecord

/// The curves of an exhibit as text, for a terminal: the same data as in HTML.
struct TextPlots {
    let exhibit: Exhibit
    let page: Page

    /// The plots, one below the other; a line that says why if there are none.
    var text: String {
        let plots = drawings.map { self.plots(of: $0.drawing, titled: $0.title) }
        let lines = exhibit.gaps() + choices
        if plots.isEmpty && lines.isEmpty {
            return page.wrapped("Nothing to plot: these results have no curves.") + "\n"
        }
        return (plots + [lines.map { page.wrapped($0) + "\n" }.joined()].filter { !$0.isEmpty }).joined(separator: "\n")
    }

    /// Pictures with lines. Points without lines need more room than a terminal has.
    private var drawings: [(title: String, drawing: CurveDrawing)] {
        exhibit.sections.flatMap { section in
            section.blocks.compactMap { block in
                guard case .picture(let picture) = block, case .curves(let drawing) = picture.drawing,
                    drawing.views.contains(where: { $0.curves.contains { $0.style == .line } })
                else { return nil }
                return (section.headed(picture.title), drawing)
            }
        }
    }

    /// Which curves were chosen, if there are more.
    private var choices: [String] {
        drawings.compactMap { _, drawing in
            let hasMore = drawing.views.contains { $0.curves.contains { !$0.isChosen } }
            guard hasMore, let choice = drawing.choice else { return nil }
            return "Plots have at most \(TextPlot.most) curves: \(choice.rule). The tables have all."
        }.uniqued()
    }

    /// The number of views of a picture that are plotted.
    private static let most = 3

    private func plots(of drawing: CurveDrawing, titled title: String) -> String {
        let views = drawing.views
        let shown = views.count <= Self.most ? views : [views[drawing.start]]
        let parts = shown.map { view -> String in
            let heading = [title, view.title].filter { !$0.isEmpty }.uniqued().joined(separator: ", ")
            return page.wrapped(heading) + "\n" + plot(view) + absent(from: view, of: drawing)
        }
        return parts.joined(separator: "\n") + rest(shown.count, of: drawing)
    }

    /// How many loads are plotted, and what became of the others; empty if all are plotted.
    private func rest(_ shown: Int, of drawing: CurveDrawing) -> String {
        let left = drawing.views.count - shown
        let all = drawing.views.count + drawing.absences.map(\.loads).reduce(0, +)
        if all == shown { return "" }
        let parts =
            ["\(shown) of \(all) loads"] + (left > 0 ? ["\(left) more in the format html"] : [])
            + drawing.absences.map { "\($0.loads) \($0.loads == 1 ? "has" : "have") \($0.reason)" }
        return page.wrapped(parts.joined(separator: "; ") + ".") + "\n"
    }

    /// The chosen curves that have no point in a view.
    private func absent(from view: CurveDrawing.View, of drawing: CurveDrawing) -> String {
        let chosen = drawing.views.flatMap(\.curves).filter(\.isChosen).map(\.name).uniqued()
        let names = chosen.filter { name in !view.curves.contains { $0.name == name } }
        return names.isEmpty ? "" : page.wrapped("Not measured here: \(names.joined(separator: ", ")).") + "\n"
    }

    private func plot(_ view: CurveDrawing.View) -> String {
        let curves = Array(view.curves.filter(\.isChosen).prefix(TextPlot.most))
        let lines = TextPlot(view: view, curves: curves, page: page).lines
        if lines.isEmpty { return page.wrapped("No point of these curves was measured.") + "\n" }
        return lines.map(page.plain).joined(separator: "\n") + "\n"
    }
}
