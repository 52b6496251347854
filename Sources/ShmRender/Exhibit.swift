extension String {
    /// The text for a sentence in which its backquotes enclose no names.
    var verbatim: String { replacing("`", with: Self.backquote) }

    /// What stands for a backquote of a value in sentences of exhibits: of Unicode's private use.
    static let backquote = "\u{e000}"
}

/// What a report shows in HTML below its verdict: sections of sentences, tables and pictures, and files to download.
package struct Exhibit {
    /// A part with a heading.
    package struct Section {
        /// What the part is about, such as a machine; empty if the report has one subject.
        package let subject: String
        package let title: String
        package let blocks: [Block]

        package init(_ title: String, of subject: String = "", _ blocks: [Block]) {
            self.subject = subject
            self.title = title
            self.blocks = blocks
        }

        /// A heading of the part, which names its subject.
        package func headed(_ title: String) -> String { subject.isEmpty ? title : "\(subject): \(title)" }
    }

    /// A part of a section.
    package enum Block {
        case text(String)
        case table(Table)
        case picture(Picture)
    }

    /// A picture. It has a table with its figures, for readers that do not see it.
    package struct Picture {
        package let title: String
        /// How to read it.
        package let legend: String
        package let drawing: Drawing
        package let table: Table

        package init(_ title: String, legend: String, _ drawing: Drawing, _ table: Table) {
            self.title = title
            self.legend = legend
            self.drawing = drawing
            self.table = table
        }
    }

    /// A file that is embedded in the document.
    package struct Attachment {
        package let name: String
        package let records: Report.Records

        package init(_ name: String, _ records: Report.Records) {
            self.name = name
            self.records = records
        }
    }

    package let sections: [Section]
    /// Files beside the rows of the report.
    package let attachments: [Attachment]
    /// Curves that the figures do not allow, and why. Only plots in the terminal ask for them.
    package let gaps: () -> [String]

    package init(
        _ sections: [Section], attachments: [Attachment] = [], gaps: @autoclosure @escaping () -> [String] = []
    ) {
        self.sections = sections
        self.attachments = attachments
        self.gaps = gaps
    }
}
