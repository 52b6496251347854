internal import ShmRecord

/// The chosen curves as SVG, which needs no library. Horizontal places are shares of the width.
struct StillCurves {
    let drawing: CurveDrawing
    /// The name of the picture.
    let name: String

    private static let symbols = CurveDrawing.symbols.map(String.init)
    private static let height = 240.0
    /// Room for the labels of the axes.
    private static let (top, bottom) = (22.0, 24.0)

    /// The views, of which the first is open.
    var markup: Markup {
        drawing.views.enumerated().map { number, view -> Markup in
            let curves = Array(view.curves.filter(\.isChosen).prefix(Self.symbols.count))
            guard let picture = picture(view, curves) else { return "" }
            if drawing.views.count == 1 { return picture }
            let open: Markup = number == drawing.start ? " open" : ""
            return
                "<details\(open)><summary>\(view.title)<span class=\"hidden\">: \(name)</span></summary>\n\(picture)</details>\n"
        }.joined()
    }

    /// `nil` if no point has a place.
    private func picture(_ view: CurveDrawing.View, _ curves: [CurveDrawing.Curve]) -> Markup? {
        let points = curves.flatMap(\.points).filter { $0.y?.isFinite ?? false }
        guard let x = AxisScale(view.x.unit, points.map(\.x)), let y = AxisScale(view.y.unit, points.compactMap(\.y))
        else { return nil }
        let frame = Frame(x: x, y: y)
        let lines = curves.enumerated().map { number, curve in frame.curve(curve, Self.symbols[number], number) }
            .joined()
        let legend = curves.enumerated().map { number, curve -> Markup in
            "<li><span class=\"symbol s\(number)\" aria-hidden=\"true\">\(Self.symbols[number])</span> \(curve.name)</li>"
        }.joined()
        return """
            <ul class="legend">\(legend)</ul>
            <svg class="still" width="100%" height="\(Int(Self.height))" role="img" aria-label="\(named(view)); the table below has the figures">\
            \(frame.grid(view))\(lines)</svg>

            """
    }

    private func named(_ view: CurveDrawing.View) -> String {
        [name, view.title].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The two axes.
    private struct Frame {
        let x: AxisScale
        let y: AxisScale

        private func across(_ number: Double) -> String? {
            x.place(number).map { StillRows.percent(0.09 + 0.87 * max(0, min(1, $0))) }
        }

        private func down(_ number: Double) -> String? {
            y.place(number).map { place in
                Figure.decimal(top + (1 - place) * (height - top - bottom), 1)
            }
        }

        func grid(_ view: CurveDrawing.View) -> Markup {
            let rows = y.ticks(atMost: 6).compactMap { tick -> Markup? in
                guard let down = down(tick) else { return nil }
                return """
                    <line class="grid" x1="0" x2="100%" y1="\(down)" y2="\(down)"/>\
                    <text class="left" x="0" y="\(down)" dy="-3">\(view.y.unit.words(tick))</text>
                    """
            }.joined()
            let columns = labels(view).compactMap { number, words -> Markup? in
                across(number).map {
                    "<text x=\"\($0)\" y=\"\(Int(height) - 8)\">\(words)</text>"
                }
            }.joined()
            return rows + columns
        }

        private func labels(_ view: CurveDrawing.View) -> [(Double, String)] {
            let names = view.x.names
            if !names.isEmpty { return Set([0, names.count - 1]).sorted().map { (Double($0), names[$0]) } }
            let numbers =
                view.x.unit == .count
                ? Set(view.curves.flatMap { $0.points.map(\.x) }).sorted() : x.ticks(atMost: 6)
            return numbers.map { ($0, view.x.unit.words($0)) }
        }

        func curve(_ curve: CurveDrawing.Curve, _ symbol: String, _ number: Int) -> Markup {
            var result: Markup = ""
            var last: (x: String, y: String)?
            for (index, point) in curve.points.enumerated() {
                guard let height = point.y, height.isFinite, let x = across(point.x), let y = down(height) else {
                    last = nil
                    continue
                }
                if let last, [.line, .steps].contains(curve.style) {
                    result += "<line class=\"l\(number)\" x1=\"\(last.x)\" y1=\"\(last.y)\" x2=\"\(x)\" y2=\"\(y)\"/>"
                }
                // Of many points, some have a symbol.
                let isMarked = curve.points.count < 12 || index % (curve.points.count / 6) == 0
                if curve.style != .steps && isMarked {
                    result += "<text class=\"s\(number)\" x=\"\(x)\" y=\"\(y)\" dy=\"4\">\(symbol)</text>"
                }
                last = (x, y)
            }
            return result
        }
    }
}

extension Markup {
    /// A picture without the library.
    static func still(_ drawing: Drawing, named name: String) -> Markup {
        switch drawing {
        case .rows(let drawing): StillRows(drawing: drawing, name: name).markup
        case .curves(let drawing): StillCurves(drawing: drawing, name: name).markup
        }
    }
}
