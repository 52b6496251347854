/// What a report shows in HTML below its verdict: sections of sentences, tables and pictures, and files to download.
package struct Exhibit {
    /// A part with a heading.
    package struct Section {
        package let title: String
        package let blocks: [Block]

        package init(_ title: String, _ blocks: [Block]) {
            self.title = title
            self.blocks = blocks
        }
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

    package init(_ sections: [Section], attachments: [Attachment] = []) {
        self.sections = sections
        self.attachments = attachments
    }
}
