internal import ShmCore
internal import ShmHarness

/// A report as one HTML file, which loads nothing.
struct HTMLPage {
    private let report: Report
    private let library: ChartLibrary
    private let exhibit: Exhibit
    private let hasPictures: Bool

    init(report: Report, library: ChartLibrary) {
        self.report = report
        self.library = library
        exhibit = report.exhibit()
        hasPictures = exhibit.sections.contains { section in
            section.blocks.contains { if case .picture = $0 { true } else { false } }
        }
    }

    var source: String {
        let facts = ReportFacts(report, exhibit)
        let body: Markup = """
            \(header(facts))\(.contents(exhibit.sections))<main id="main">
            \(exhibit.sections.enumerated().map { .section($1, number: $0, isDrawn: isDrawn) }.joined())</main>
            \(footer(facts))
            """
        let scripts = scripts.map { "<script>\(Markup(trusted: $0))</script>\n" as Markup }.joined()
        let page: Markup = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="shmbench \(ToolVersion.current)">
            <title>\(title(facts)) – shmbench \(report.name)</title>
            <style>\(Markup(trusted: PageAssets.style))</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            \(hasPictures && !isDrawn ? .hatch : "")\(body)\(scripts)</body>
            </html>

            """
        return page.source
    }

    /// Whether the page has pictures, and the library that draws them.
    private var isDrawn: Bool { hasPictures && library.script != nil }

    private var scripts: [String] { [isDrawn ? library.script : nil, PageAssets.script].compactMap(\.self) }

    /// Nothing is loaded, and only the scripts and the style sheet of this page count: a text of the results that got into it
    /// as markup could neither run nor send anything.
    private var policy: String {
        func hashes(_ texts: [String]) -> String {
            texts.map { "'sha256-\(SHA256.base64($0))'" }.joined(separator: " ")
        }
        return
            "default-src 'none'; script-src \(hashes(scripts)); style-src \(hashes([PageAssets.style])); base-uri 'none'; form-action 'none'"
    }

    /// The severity of the verdict: the worst, if there is one for each machine.
    private var level: Report.Notice.Level {
        let levels = report.notices.filter { $0.title.hasSuffix("shmbench") }.map(\.level)
        return [.error, .warning].first { levels.contains($0) } ?? .notice
    }

    /// The verdict in a few words: that of the last notice, unless it only counts rows. A sentence that begins alike says
    /// more.
    private func title(_ facts: ReportFacts) -> String {
        let notice = report.notices.last.flatMap { $0.title == "shmbench" ? $0.text : nil }
        let text = report.headline ?? notice ?? facts.verdict.first ?? report.notices.last?.text ?? report.name
        let shown = facts.verdict.first { Self.beginning($0) == Self.beginning(text) } ?? text
        // A lock's name has no capital.
        let first = shown.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
        return LockKind(named: String(first)) == nil ? shown.prefix(1).uppercased() + shown.dropFirst() : shown
    }

    /// The first words, by which two sentences that say the same are recognised.
    private static func beginning(_ sentence: String) -> [Substring] {
        Array(sentence.lowercased().split { " :;,".contains($0) }.prefix(4))
    }

    private func header(_ facts: ReportFacts) -> Markup {
        let (mark, word): (String, String) =
            switch level {
            // A success with a warning beside it, such as a change point or a problem of the machine.
            case .notice where report.notices.contains { $0.level != .notice }: ("i", "note")
            case .notice: ("✓", "ok")
            case .warning: ("!", "warning")
            case .error: ("✗", "failure")
            }
        let title = title(facts)
        let sentences = facts.verdict.filter { $0.lowercased() != title.lowercased() }.map {
            "<li>\(.sentence($0))</li>" as Markup
        }
        let warnings = facts.warnings.map { "<li>\(.sentence($0))</li>" as Markup }
        let absence = hasPictures ? library.absence : nil
        let missing: Markup =
            absence.map {
                "<p class=\"warnings\">The pictures of this report are simple, and offer no choices: \($0).</p>\n"
            }
            ?? ""
        return """
            <header><p class="kind">shmbench \(report.name)</p>
            <h1><span class="mark \(word)" role="img" aria-label="\(word)">\(mark)</span> \(.sentence(title))</h1>
            \(list("verdict", sentences))\(list("warnings", warnings, title: "Warnings"))\(missing)</header>

            """
    }

    private func footer(_ facts: ReportFacts) -> Markup {
        let conditions = facts.conditions.groups.map { group -> Markup in
            let heading: Markup = group.title.isEmpty ? "" : "<h3>\(group.title)</h3>\n"
            let entries = group.entries.map { "<dt>\($0.name)</dt><dd>\(.words($0.value[...]))</dd>\n" as Markup }
            return "\(heading)<dl>\(entries.joined())</dl>\n"
        }.joined()
        let files =
            Markup.download("\(report.name).csv", report.records)
            + exhibit.attachments.map { .download($0.name, $0.records) }.joined()
        let notes = facts.notes.map { "<p>\(.sentence($0))</p>\n" as Markup }.joined()
        let library: Markup =
            isDrawn ? "<p>Chart.js (MIT licence) draws the pictures.</p>\n\(licence)" : ""
        let downloads: Markup = files.source.isEmpty ? "" : "<h2>Downloads</h2>\n<ul>\(files)</ul>\n"
        return """
            <footer><h2>Conditions</h2>
            \(conditions)\(notes)\(downloads)\(library)</footer>

            """
    }

    private var licence: Markup {
        library.licence.map { "<details><summary>Licence of Chart.js</summary><pre>\($0)</pre></details>\n" } ?? ""
    }

    private func list(_ name: String, _ items: [Markup], title: String? = nil) -> Markup {
        if items.isEmpty { return "" }
        let heading: Markup = title.map { "<h2>\($0)</h2>" } ?? ""
        return "<div class=\"\(name)\">\(heading)<ul>\(items.joined())</ul></div>\n"
    }
}
