internal import ShmRecord

extension Markup {
    /// The filling of bars that differ without colour, for all simple pictures of a page.
    static let hatch: Markup = """
        <svg class="hatch" width="0" height="0" aria-hidden="true"><defs>\
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M-1 1l2-2M0 6l6-6M5 7l2-2"/></pattern>\
        </defs></svg>

        """
}

/// Rows with bars, intervals and points as a table of SVG, which needs no library: places are shares of the width, so that a
/// page of any width shows them.
struct StillRows {
    let drawing: RowDrawing
    /// The name of the picture.
    let name: String

    /// The views, of which the first is open.
    var markup: Markup {
        drawing.views.enumerated().filter(isShown).map { number, view -> Markup in
            guard let scale = AxisScale(bars: drawing.unit, view.rows.flatMap(Self.numbers)) else { return "" }
            let rows = view.rows.map { row($0, scale) }.joined()
            let table: Markup = """
                <table class="still"><thead><tr><th scope="col"><span class="hidden">name</span></th>
                <th scope="col"><span class="hidden">\(drawing.axis)</span>\(axis(scale))</th><th scope="col"></th></tr></thead>
                <tbody>
                \(rows)</tbody></table>

                """
            if drawing.views.count == 1 { return table }
            let open: Markup = number == drawing.start ? " open" : ""
            return
                "<details\(open)><summary>\(view.title)<span class=\"hidden\">: \(name)</span></summary>\n\(table)</details>\n"
        }.joined()
    }

    /// Of a trace, one round: it has thousands of marks.
    private func isShown(_ number: Int, _ view: RowDrawing.View) -> Bool {
        drawing.unit != .clock || number == drawing.start
    }

    private static func numbers(_ row: RowDrawing.Row) -> [Double] {
        let pairs = [row.interval, row.margin].compactMap(\.self).flatMap { [$0.low, $0.high] }
        return [row.value].compactMap(\.self) + pairs + row.points + row.outliers
            + row.spans.flatMap { [$0.from, $0.to] }
    }

    private func row(_ row: RowDrawing.Row, _ scale: AxisScale) -> Markup {
        let marks = [
            row.margin.map { box($0.low, $0.high, scale, "margin", height: 18) },
            row.spans.map { box($0.from, $0.to, scale, "survivor", height: 10) }.joined(),
            drawing.hasBars ? row.value.map { box(scale.low, $0, scale, row.style.rawValue, height: 12) } : nil,
            row.interval.map { box($0.low, $0.high, scale, "interval", height: 3) },
            row.points.map { symbol("●", $0, scale, "s0") }.joined(),
            row.outliers.map { symbol("✕", $0, scale, "s1") }.joined(),
            drawing.hasBars ? nil : row.value.map { symbol("■", $0, scale, row.style.rawValue) },
        ].compactMap(\.self).joined()
        return """
            <tr><th scope="row">\(row.name)</th><td><svg width="100%" height="18" aria-hidden="true">\(marks)</svg></td>\
            <td>\(row.text)</td></tr>

            """
    }

    private func box(_ low: Double, _ high: Double, _ scale: AxisScale, _ style: String, height: Int) -> Markup {
        guard let from = Self.share(low, scale), let to = Self.share(high, scale) else { return "" }
        let (x, width) = (Self.percent(from), Self.percent(max(0.002, to - from)))
        return
            "<rect class=\"\(style)\" x=\"\(x)\" y=\"\((18 - height) / 2)\" width=\"\(width)\" height=\"\(height)\"/>"
    }

    private func symbol(_ symbol: String, _ number: Double, _ scale: AxisScale, _ style: String) -> Markup {
        guard let place = Self.share(number, scale) else { return "" }
        return "<text class=\"\(style)\" x=\"\(Self.percent(place))\" y=\"13\">\(symbol)</text>"
    }

    private func axis(_ scale: AxisScale) -> Markup {
        let labels = scale.ticks(atMost: 5).compactMap { tick -> Markup? in
            guard let place = scale.place(tick), (0.04...0.96).contains(place) else { return nil }
            return "<text x=\"\(Self.percent(place))\" y=\"13\">\(scale.unit.words(tick))</text>"
        }.joined()
        return "<svg width=\"100%\" height=\"18\" aria-hidden=\"true\">\(labels)</svg>"
    }

    /// The place on the axis; what lies beyond is at the edge.
    private static func share(_ number: Double, _ scale: AxisScale) -> Double? {
        scale.place(number).map { max(0, min(1, $0)) }
    }

    static func percent(_ share: Double) -> String { Figure.decimal(share * 100, 2) + "%" }
}
