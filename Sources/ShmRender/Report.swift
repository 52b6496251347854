package import ShmCompare
internal import ShmCoordinator
package import ShmRecord

/// The document of a command, independent of the format: for people, for programs, and for CI services.
package struct Report {
    /// Text for a terminal.
    package let text: (Page) -> String
    /// In GitHub's Markdown.
    package let markdown: () -> String
    package var records: Records {
        get { lazyRecords.value }
        set { lazyRecords = Lazy { newValue } }
    }
    /// What text and Markdown say beside the records, for programs: members of JSON documents, which
    /// ``DocumentDescription`` describes.
    package let facts: () -> [JSONValue.Member]
    /// The document in JSON, if that is not the records and facts.
    package let json: String?
    /// The test suites for CI services.
    package var suites: [Suite] { lazySuites.value }
    /// The annotations for CI services; the last is the verdict.
    package var notices: [Notice] { lazyNotices.value }
    /// The verdict in a few words; `nil` if it is the last notice.
    package let headline: String?
    /// What HTML shows below the verdict.
    package let exhibit: () -> Exhibit
    /// The name of the command or document.
    package let name: String
    /// The arguments of the program, for HTML; `nil` if unknown.
    package var command: String?

    // Each format needs some of these, and of many rounds each takes time.
    private var lazyRecords: Lazy<Records>
    private let lazySuites: Lazy<[Suite]>
    private let lazyNotices: Lazy<[Notice]>

    /// - Parameters:
    ///   - records: like the other parts, evaluated only by formats that have them.
    ///   - suites: the default is a passed case per record.
    ///   - notices: the default is a notice with the number of records.
    ///   - headline: the default is the last notice.
    ///   - exhibit: the default is a table of the records. Evaluated only for HTML.
    package init(
        _ name: String, text: @escaping (Page) -> String, markdown: @escaping () -> String,
        records: @autoclosure @escaping () -> Records, facts: @autoclosure @escaping () -> [JSONValue.Member] = [],
        json: String? = nil, suites: @autoclosure @escaping () -> [Suite]? = nil,
        notices: @autoclosure @escaping () -> [Notice]? = nil, headline: String? = nil, exhibit: (() -> Exhibit)? = nil
    ) {
        let records = Lazy(records)
        self.name = name
        self.headline = headline
        self.text = text
        self.markdown = markdown
        self.facts = facts
        self.json = json
        lazyRecords = records
        lazySuites = Lazy {
            suites() ?? [Suite(name, records.value.rows.map { records.value.check($0) })]
        }
        lazyNotices = Lazy {
            notices() ?? [Notice(.notice, "shmbench \(name)", counted(records.value.rows.count, "row"))]
        }
        self.exhibit =
            exhibit ?? {
                let rows = records.value.rows
                let table = Exhibit.Table(counted(rows.count, "row"), records.value)
                return Exhibit(rows.isEmpty ? [] : [.init("Rows", [.table(table)])])
            }
    }

    /// Rows of values, and the names of their columns.
    package struct Records {
        package let schema: Int
        package let names: [String]
        package let rows: [[Value]]

        package init(schema: Int, _ names: [String], _ rows: [[Value]]) {
            self.schema = schema
            self.names = names
            self.rows = rows
        }

        /// The values of fields, a row per subject.
        package init<Subject>(schema: Int, _ fields: [Field<Subject>], _ subjects: [Subject]) {
            self.init(
                schema: schema, fields.map(\.name), subjects.map { subject in fields.map { $0.value(subject) } })
        }

        /// A passed case for a row, which has the row's first value after the schema as its name.
        fileprivate func check(_ row: [Value]) -> Check {
            let values = zip(names, row).filter { $0 != "schema" && $1 != .empty }
            return Check(
                values.first?.1.text ?? "", .passed, values.map { "\($0)=\($1.text)" }.joined(separator: ", "))
        }
    }

    /// A group of checks.
    package struct Suite {
        package let title: String
        package let checks: [Check]

        package init(_ title: String, _ checks: [Check]) {
            self.title = title
            self.checks = checks
        }
    }

    /// A check and its outcome.
    package struct Check {
        /// The outcome of a check.
        package enum Outcome { case passed, failed, error, skipped }

        package let name: String
        package let outcome: Outcome
        /// The details of the outcome.
        package let text: String

        package init(_ name: String, _ outcome: Outcome, _ text: String) {
            self.name = name
            self.outcome = outcome
            self.text = text
        }
    }

    /// An annotation of a CI job.
    package struct Notice {
        /// The severity.
        package enum Level: String { case notice, warning, error }

        package let level: Level
        package let title: String
        package let text: String

        package init(_ level: Level, _ title: String, _ text: String) {
            self.level = level
            self.title = title
            self.text = text
        }
    }
}

extension Report {
    /// The report with a sentence that is all the text, and part of the documents.
    package func announced(by sentence: String) -> Report {
        func announced(_ fact: JSONValue.Member) -> JSONValue.Member {
            guard fact.name == "verdict", case .array(let sentences) = fact.value else { return fact }
            return JSONValue.Member(fact.name, .array(sentences + [.text(sentence)]))
        }
        let (markdown, notices) = (markdown, notices)
        return Report(
            "report", text: { _ in sentence + "\n" }, markdown: { "\(sentence)\n\n\(markdown())" }, records: records,
            facts: facts().map(announced), suites: suites,
            notices: notices.dropLast() + [Notice(.notice, "shmbench", sentence)] + notices.suffix(1),
            headline: headline,
            exhibit: exhibit)
    }

    /// The facts by which programs judge a measurement: whether it is complete, and what makes its results doubtful.
    package static func quality(isComplete: Bool, _ warnings: [Warning] = []) -> [JSONValue.Member] {
        [
            .init("complete", .value(.boolean(isComplete))),
            .init("warnings", .rows(WarningColumn.all, warnings)),
        ]
    }

    /// The report of a command that failed, which counts as an error in every format.
    ///
    /// - Parameters:
    ///   - failure: the reason.
    ///   - subject: the missing result, as in "comparison".
    ///   - what: the missing step, as in "compared".
    ///   - records: the columns of the missing records.
    ///   - facts: those that the documents of the command have beside completeness, warnings and verdict.
    package static func failure(
        _ failure: Failure, of subject: String, nothingWas what: String, records: Records,
        facts: [JSONValue.Member] = []
    ) -> Report {
        let message = "nothing was \(what): \(failure.message)"
        return Report(
            "failure", text: { _ in failure.message + "\n" },
            markdown: { "### ⚠️ shmbench: nothing was \(what)\n\n\(failure.message)\n" }, records: records,
            facts: facts + quality(isComplete: false) + [.init("verdict", .texts([message]))],
            suites: [Suite("shmbench", [Check(subject, .error, message)])],
            notices: [Notice(.error, "shmbench", message)])
    }
}
