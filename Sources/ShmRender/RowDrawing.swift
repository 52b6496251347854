/// A row per subject: a bar with its interval, points, spans and a margin.
package struct RowDrawing {
    /// What the style of a row says, which also its label or its text does.
    package enum Style: String {
        case survivor, other, control, bad
    }

    /// A row.
    package struct Row {
        package let name: String
        /// Rows can be grouped by it.
        package let group: String
        package let style: Style
        /// The end of the bar.
        package let value: Double?
        /// The ends of the interval.
        package let interval: (low: Double, high: Double)?
        package let points: [Double]
        /// Points with another symbol.
        package let outliers: [Double]
        /// Beginnings and ends, ascending.
        package let spans: [(from: Double, to: Double)]
        /// What is within a margin makes no difference.
        package let margin: (low: Double, high: Double)?
        /// The figure in words.
        package let text: String

        package init(
            _ name: String, group: String = "", _ style: Style = .other, value: Double? = nil,
            interval: (low: Double, high: Double)? = nil, points: [Double] = [], outliers: [Double] = [],
            spans: [(from: Double, to: Double)] = [], margin: (low: Double, high: Double)? = nil, text: String
        ) {
            self.name = name
            self.group = group
            self.style = style
            self.value = value
            self.interval = interval
            self.points = points
            self.outliers = outliers
            self.spans = spans
            self.margin = margin
            self.text = text
        }
    }

    /// One of the alternatives between which the reader chooses.
    package struct View {
        package let title: String
        package let rows: [Row]

        package init(_ title: String, _ rows: [Row]) {
            self.title = title
            self.rows = rows
        }
    }

    package let axis: String
    package let unit: Drawing.Unit
    /// Whether values are bars from the left edge, not points.
    package let hasBars: Bool
    /// Whether the reader can choose the order of the rows.
    package let isSortable: Bool
    package let views: [View]
    /// The index of the view that is shown at first.
    package let start: Int

    package init(
        _ axis: String, _ unit: Drawing.Unit, hasBars: Bool = false, isSortable: Bool = false, start: Int = 0,
        _ views: [View]
    ) {
        self.start = start
        self.axis = axis
        self.unit = unit
        self.hasBars = hasBars
        self.isSortable = isSortable
        self.views = views
    }

    var json: JSONValue {
        .object([
            .init("kind", .text("rows")), .init("axis", .text(axis)), .init("unit", .text(unit.rawValue)),
            .init("bars", .boolean(hasBars)), .init("sorts", .boolean(isSortable)),
            .init("start", .number(Double(start))),
            .init(
                "views",
                .array(
                    views.map { view in
                        .object([.init("title", .text(view.title)), .init("rows", .array(view.rows.map(\.json)))])
                    })),
        ])
    }
}

extension RowDrawing.Row {
    /// Members without a value are left out: a page may have thousands of rows.
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .text(name)), .init("style", .text(style.rawValue)), .init("text", .text(text)),
        ]
        if !group.isEmpty { members.append(.init("group", .text(group))) }
        if let value, value.isFinite { members.append(.init("value", .number(value))) }
        for (name, pair) in [("interval", interval), ("margin", margin)] {
            if let pair { members.append(.init(name, .numbers([pair.low, pair.high]))) }
        }
        if !points.isEmpty { members.append(.init("points", .numbers(points))) }
        if !outliers.isEmpty { members.append(.init("outliers", .numbers(outliers))) }
        if !spans.isEmpty { members.append(.init("spans", .numbers(spans.flatMap { [$0.from, $0.to] }))) }
        return .object(members)
    }
}
