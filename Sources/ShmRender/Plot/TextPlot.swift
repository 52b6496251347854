internal import Glibc
internal import ShmRecord

/// Curves over two axes as text, which is readable without colour: each curve has a mark of its own.
///
///     time to acquire
///       10 µs ┤          ■
///             │       ··· ●
///        1 µs ┤   ■···  ··
///             │  ●······
///             └┬────────┬
///              50%    90%
///     ● robust-futex †  ■ futex
struct TextPlot {
    let view: CurveDrawing.View
    /// The curves, in the order of their marks.
    let curves: [CurveDrawing.Curve]
    let page: Page

    /// The marks, which ``PlainText`` replaces with different ones.
    private static let marks = CurveDrawing.symbols
    /// The number of curves that have different marks.
    static let most = marks.count

    /// The widest plot: on a wider terminal, the distance between marks says no more.
    private static let widest = 120

    /// The lines; empty if no point has a place.
    var lines: [String] {
        let points = curves.flatMap(\.points).filter { $0.y?.isFinite ?? false }
        guard let x = AxisScale(view.x.unit, points.map(\.x)),
            let y = AxisScale(view.y.unit, points.compactMap(\.y))
        else { return [] }
        let width = min(page.width, Self.widest)
        var canvas = PlotCanvas(width: 1, height: max(10, min(18, width / 6)))
        let ticks = y.ticks(atMost: max(2, canvas.height / 2))
        let labels = ticks.reduce(into: [Int: String]()) { labels, tick in
            if let row = Self.row(tick, y, canvas.height), labels[row] == nil { labels[row] = view.y.unit.words(tick) }
        }
        let margin = labels.values.map(\.count).max() ?? 0
        // The last label of the axis may reach beyond the plot.
        canvas = PlotCanvas(width: max(10, width - margin - 6), height: canvas.height)
        for (number, curve) in curves.enumerated() { draw(curve, Self.marks[number % Self.most], x, y, &canvas) }
        let body = (0..<canvas.height).map { row -> String in
            let label = labels[row].map { String(repeating: " ", count: margin - $0.count) + $0 + " ┤" }
            return (label ?? String(repeating: " ", count: margin) + " │") + canvas.line(row)
        }
        return ([view.y.title] + body + axis(x, margin: margin, canvas.width) + legend(canvas, width)).map(
            TableLayout<Int>.trimmed)
    }

    // MARK: Curves

    private static func row(_ number: Double, _ scale: AxisScale, _ height: Int) -> Int? {
        scale.place(number).flatMap { place in
            (-0.001...1.001).contains(place) ? height - 1 - Int((place * Double(height - 1)).rounded()) : nil
        }
    }

    private func draw(
        _ curve: CurveDrawing.Curve, _ mark: Character, _ x: AxisScale, _ y: AxisScale, _ canvas: inout PlotCanvas
    ) {
        var last: (place: PlotCanvas.Place, marked: Int)?
        for (number, point) in curve.points.enumerated() {
            guard let height = point.y, let row = Self.row(height, y, canvas.height), let across = x.place(point.x)
            else {
                // A gap stays one.
                last = nil
                continue
            }
            let place = PlotCanvas.Place(column: Int((across * Double(canvas.width - 1)).rounded()), row: row)
            if let last, curve.style != .mark {
                canvas.connect(last.place, place, with: curve.style == .steps ? "─" : "·")
            }
            let isLast = number == curve.points.count - 1 || curve.points[number + 1].y == nil
            let isNear = last.map { place.column - $0.marked < Self.distance } ?? false
            if curve.style == .steps {
                canvas.put("─", at: place, .line)
            } else if isNear && !isLast {
                canvas.put("·", at: place, .line)
            } else {
                canvas.put(mark, at: place, .mark)
                last = (place, place.column)
                continue
            }
            last = (place, last?.marked ?? place.column)
        }
    }

    /// The least number of columns between two marks of a curve.
    private static let distance = 5

    // MARK: Words

    /// The horizontal axis, with the labels that have room, and its title.
    private func axis(_ x: AxisScale, margin: Int, _ width: Int) -> [String] {
        var line = Array(repeating: Character("─"), count: width)
        var labels = Array(repeating: Character(" "), count: width + 6)
        var free = 0
        for (number, words) in labelled(x, width) {
            guard let place = x.place(number) else { continue }
            let column = Int((place * Double(width - 1)).rounded())
            guard line.indices.contains(column) else { continue }
            let start = max(0, min(column - words.count / 2, width + 4 - words.count))
            guard start >= free, start + words.count <= labels.count else { continue }
            line[column] = "┬"
            for (offset, character) in words.enumerated() { labels[start + offset] = character }
            free = start + words.count + 2
        }
        let indent = String(repeating: " ", count: margin + 1)
        let title = String(repeating: " ", count: max(0, width - view.x.title.count)) + view.x.title
        return ["\(indent)└\(String(line))", "\(indent) \(String(labels))", "\(indent) \(title)"]
    }

    private func labelled(_ x: AxisScale, _ width: Int) -> [(Double, String)] {
        if !view.x.names.isEmpty {
            // The first and the last name say from when to when.
            let ends = Set([0, view.x.names.count - 1]).sorted()
            return ends.map { (Double($0), view.x.names[$0]) }
        }
        let numbers =
            view.x.unit == .count
            ? Set(curves.flatMap { $0.points.map(\.x) }).sorted() : x.ticks(atMost: max(2, width / 12))
        return numbers.map { ($0, view.x.unit.words($0)) }
    }

    private func legend(_ canvas: PlotCanvas, _ width: Int) -> [String] {
        let items = curves.enumerated().map { number, curve -> String in
            let mark = curve.style == .steps ? "─" : Self.marks[number % Self.most]
            let isEmpty = !curve.points.contains { $0.y?.isFinite ?? false }
            return "\(mark) \(curve.name)\(isEmpty ? " (not measured)" : "")"
        }
        var lines = [""]
        for item in items {
            let last = lines[lines.count - 1]
            let longer = last.isEmpty ? item : "\(last)   \(item)"
            if longer.count <= width || last.isEmpty { lines[lines.count - 1] = longer } else { lines.append(item) }
        }
        let note = "Where marks coincide, the one that is first in the legend is shown."
        let hidden = canvas.hasHidden ? Page.folded(note, to: width, indent: "  ", breaksWords: true) : []
        return [""] + lines + hidden
    }
}
