extension Markup {
    /// A section with an anchor.
    ///
    /// - Parameter isDrawn: whether the page has the library that draws pictures.
    static func section(_ section: Exhibit.Section, number: Int, isDrawn: Bool) -> Markup {
        var title = section.title
        var hasTitle = false
        if case .picture(let picture)? = section.blocks.first {
            // One heading: that of the picture says more.
            (title, hasTitle) = (picture.title, true)
        }
        let blocks = section.blocks.enumerated().map { index, part in
            block(part, isDrawn: isDrawn, hasTitle: hasTitle && index == 0)
        }
        return """
            <section id="s\(number)"><h2>\(title)</h2>
            \(blocks.joined())</section>

            """
    }

    private static func block(_ block: Exhibit.Block, isDrawn: Bool, hasTitle: Bool) -> Markup {
        switch block {
        case .text(let text): "<p>\(.sentence(text))</p>\n"
        case .table(let table): .table(table)
        case .picture(let picture): .picture(picture, isDrawn: isDrawn, hasTitle: hasTitle)
        }
    }

    private static func picture(_ picture: Exhibit.Picture, isDrawn: Bool, hasTitle: Bool) -> Markup {
        let heading: Markup = hasTitle ? "" : "<h3>\(picture.title)</h3>\n"
        let title: Markup = "<figcaption>\(heading)<p>\(.sentence(picture.legend))</p></figcaption>"
        let data: Markup =
            isDrawn ? "<script type=\"application/json\">\(.data(picture.drawing.json))</script>\n" : ""
        let open: Markup = isDrawn ? "" : " open"
        return """
            <figure data-title="\(picture.title)">\(title)
            \(data)<details\(open)><summary>The figures as a table</summary>
            \(.table(picture.table))</details></figure>

            """
    }

    /// A list of links to sections; empty for a few.
    static func contents(_ sections: [Exhibit.Section]) -> Markup {
        if sections.count < 3 { return "" }
        let links = sections.enumerated().map { number, section -> Markup in
            "<li><a href=\"#s\(number)\">\(section.title)</a></li>"
        }.joined()
        return "<nav aria-label=\"Sections\"><ul>\(links)</ul></nav>\n"
    }
}
