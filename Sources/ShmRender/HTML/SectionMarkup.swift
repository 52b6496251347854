extension Markup {
    /// A section with an anchor.
    ///
    /// - Parameter isDrawn: whether the page has the library that draws pictures.
    static func section(_ section: Exhibit.Section, number: Int, isDrawn: Bool) -> Markup {
        var title = section.headed(section.title)
        var hasTitle = false
        if case .picture(let picture)? = section.blocks.first {
            // One heading: that of the picture says more.
            (title, hasTitle) = (section.headed(picture.title), true)
        }
        let blocks = section.blocks.enumerated().map { index, part in
            block(part, of: section, id: "s\(number)-\(index)", isDrawn: isDrawn, hasTitle: hasTitle && index == 0)
        }
        return """
            <section id="s\(number)"><h2>\(title)</h2>
            \(blocks.joined())</section>

            """
    }

    /// - Parameter id: the name of the block in the page.
    private static func block(
        _ block: Exhibit.Block, of section: Exhibit.Section, id: String, isDrawn: Bool, hasTitle: Bool
    ) -> Markup {
        switch block {
        case .text(let text): "<p>\(.sentence(text))</p>\n"
        case .table(let table): .table(table, of: section, id: id)
        case .picture(let picture): .picture(picture, of: section, id: id, isDrawn: isDrawn, hasTitle: hasTitle)
        }
    }

    private static func picture(
        _ picture: Exhibit.Picture, of section: Exhibit.Section, id: String, isDrawn: Bool, hasTitle: Bool
    ) -> Markup {
        let heading: Markup = hasTitle ? "" : "<h3>\(picture.title)</h3>\n"
        // Of several machines, pictures have the same title.
        let name = section.headed(picture.title)
        let title: Markup = "<figcaption>\(heading)<p>\(.sentence(picture.legend))</p></figcaption>"
        let drawing: Markup =
            isDrawn
            ? "<script type=\"application/json\">\(.data(picture.drawing.json))</script>\n"
            : .still(picture.drawing, named: name)
        return """
            <figure data-title="\(name)">\(title)
            \(drawing)<details><summary>The figures as a table<span class="hidden">: \(name)</span></summary>
            \(.table(picture.table, of: section, id: id))</details></figure>

            """
    }

    /// A list of links to sections; empty for a few.
    static func contents(_ sections: [Exhibit.Section]) -> Markup {
        if sections.count < 3 { return "" }
        let links = sections.enumerated().map { number, section -> Markup in
            "<li><a href=\"#s\(number)\">\(section.headed(section.title))</a></li>"
        }.joined()
        return "<nav aria-label=\"Sections\"><ul>\(links)</ul></nav>\n"
    }
}
