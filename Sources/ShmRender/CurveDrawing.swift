internal import ShmRecord

/// Curves, or points, over two axes.
package struct CurveDrawing {
    /// How a curve is drawn.
    package enum Style: String {
        case line, steps, points, mark
    }

    /// A curve. A point without a second number is a gap.
    package struct Curve {
        package let name: String
        package let style: Style
        /// Whether it is shown before the reader chooses.
        package let isChosen: Bool
        package let points: [(x: Double, y: Double?)]

        package init(_ name: String, _ style: Style, isChosen: Bool = true, _ points: [(x: Double, y: Double?)]) {
            self.name = name
            self.style = style
            self.isChosen = isChosen
            self.points = points
        }
    }

    /// An axis.
    package struct Axis {
        package let title: String
        package let unit: Drawing.Unit
        /// Names of 0, 1, 2 …; empty if the axis has numbers.
        package let names: [String]

        package init(_ title: String, _ unit: Drawing.Unit, names: [String] = []) {
            self.title = title
            self.unit = unit
            self.names = names
        }

        fileprivate var json: JSONValue {
            .object([
                .init("title", .text(title)), .init("unit", .text(unit.rawValue)),
                .init("names", .texts(names)),
            ])
        }
    }

    /// The curves that are shown at first. In HTML the reader chooses others.
    package struct Choice {
        /// Pictures of the same group share the reader's choice.
        package let group: String
        /// Which curves are shown at first, in words.
        package let rule: String

        package init(group: String, rule: String) {
            self.group = group
            self.rule = rule
        }
    }

    /// One of the alternatives between which the reader chooses.
    package struct View {
        package let title: String
        package let x: Axis
        package let y: Axis
        package let curves: [Curve]

        package init(_ title: String, x: Axis, y: Axis, _ curves: [Curve]) {
            self.title = title
            self.x = x
            self.y = y
            self.curves = curves
        }
    }

    /// The symbols of curves, by which they differ without colour: those of the page's script.
    static let symbols: [Character] = ["●", "■", "▲", "◆", "✕", "✚", "✱"]

    /// How curves are chosen; `nil` if all are shown.
    package let choice: Choice?
    package let views: [View]
    /// The index of the view that is shown at first.
    package let start: Int
    /// Loads that have no view because they have no curve, by the reason in words, such as `too few samples`.
    package let absences: [(loads: Int, reason: String)]

    package init(
        choice: Choice? = nil, start: Int = 0, absences: [(loads: Int, reason: String)] = [], _ views: [View]
    ) {
        self.absences = absences
        self.choice = choice
        self.start = start
        self.views = views
    }

    var json: JSONValue {
        .object([
            .init("kind", .text("curves")), .init("choice", choice.map { .text($0.group) } ?? .value(.empty)),
            .init("start", .number(Double(start))), .init("views", .array(views.map(\.json))),
        ])
    }
}

extension CurveDrawing.View {
    fileprivate var json: JSONValue {
        .object([
            .init("title", .text(title)), .init("x", x.json), .init("y", y.json),
            .init("curves", .array(curves.map(\.json))),
        ])
    }
}

extension CurveDrawing.Curve {
    fileprivate var json: JSONValue {
        .object([
            .init("name", .text(name)), .init("style", .text(style.rawValue)), .init("chosen", .boolean(isChosen)),
            .init("points", .numbers(points.flatMap { [$0.x, $0.y] })),
        ])
    }
}
