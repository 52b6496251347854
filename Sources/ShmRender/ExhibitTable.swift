internal import ShmRecord

extension Exhibit {
    /// A table, of which colours show the verdicts that its words say.
    package struct Table {
        /// A column: its heading, and what the heading stands for.
        package struct Column {
            package let title: String
            package let meaning: String?
            /// A smaller text below the heading.
            package let detail: String?
            package let isNumber: Bool

            package init(_ title: String, meaning: String? = nil, detail: String? = nil, isNumber: Bool = false) {
                self.title = title
                self.meaning = meaning
                self.detail = detail
                self.isNumber = isNumber
            }
        }

        /// A text, with a smaller one below it.
        package struct Cell {
            package let text: String
            /// The number behind the text, by which rows are sorted: texts have different units.
            package let number: Double?
            package let detail: String?
            package let mark: Mark?
            package let tone: Tone?

            package init(
                _ text: String, number: Double? = nil, detail: String? = nil, _ mark: Mark? = nil, tone: Tone? = nil
            ) {
                self.text = text
                self.number = number
                self.detail = detail
                self.mark = mark
                self.tone = tone
            }

            /// A number that may not have been measured.
            package init(_ number: Double?, _ shown: (Double) -> String) {
                self.init(number.map(shown) ?? "–", number: number)
            }
        }

        /// The colour of a cell of a heat map, which its text says as well.
        package enum Tone {
            /// A step of a scale from 0 to 5.
            case step(Int)
            /// One of several groups, from 0 on.
            case hue(Int)
            /// None of them.
            case neutral

            /// The number of hues.
            package static let hues = 6

            /// The name in the style sheet.
            var name: String {
                switch self {
                case .step(let step): "step\(step)"
                case .hue(let hue): "hue\(hue)"
                case .neutral: "neutral"
                }
            }
        }

        /// The colour of a cell.
        package enum Mark: String, CaseIterable {
            /// As it should be.
            case good
            /// Worth a look: a stall, an undecided metric.
            case fair
            /// Harmful, and as it must be without a promise.
            case expected
            /// A broken promise or a change for the worse.
            case bad
            /// Nothing to say.
            case empty
        }

        package let caption: String
        package let columns: [Column]
        package let rows: [[Cell]]
        /// Whether rows are separated by colours of cells, and not by lines.
        package let isMap: Bool

        package init(_ caption: String, _ columns: [Column], _ rows: [[Cell]], isMap: Bool = false) {
            self.caption = caption
            self.columns = columns
            self.rows = rows
            self.isMap = isMap
        }

        /// The records of a report, without the number of their schema.
        package init(_ caption: String, _ records: Report.Records) {
            let shown = records.names.indices.filter { records.names[$0] != "schema" }
            self.init(
                caption,
                shown.map { index in
                    Column(
                        records.names[index].replacing("_", with: " "),
                        isNumber: records.rows.contains { $0[index].isNumeric })
                }, records.rows.map { row in shown.map { Cell(row[$0].text, number: row[$0].number) } })
        }
    }
}

extension TableLayout {
    /// The table with all columns.
    package func exhibit(_ caption: String, _ rows: [Row]) -> Exhibit.Table {
        Exhibit.Table(
            caption, items.map { Exhibit.Table.Column($0.title, isNumber: $0.isNumber) },
            rows.map { row in items.map { $0.cell(row) } })
    }
}

extension TableLayout.Item {
    /// The cell of a row. A text without a digit says that there is no number.
    fileprivate func cell(_ row: Row) -> Exhibit.Table.Cell {
        let text = shown(row)
        return Exhibit.Table.Cell(text, number: text.contains(where: \.isNumber) ? number(row) : nil)
    }
}

extension Value {
    fileprivate var isNumeric: Bool { number != nil }
}
