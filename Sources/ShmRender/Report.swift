package import ShmRecord

/// What a command tells, before it is known in which format: for a person, for a page, for programs, for CI services.
package struct Report {
    /// For a terminal, or a file that a person looks at.
    package let text: (Page) -> String
    /// In GitHub's Markdown.
    package let markdown: () -> String
    package let records: Records
    /// What was checked, by CI services' terms.
    package let suites: [Suite]
    /// What somebody must look at, and the verdict.
    package let notices: [Notice]

    /// - Parameters:
    ///   - suites: where there are none, each record is a case that passed.
    ///   - notices: where there are none, the number of records is told.
    package init(
        _ name: String, text: @escaping (Page) -> String, markdown: @escaping () -> String, records: Records,
        suites: [Suite]? = nil, notices: [Notice]? = nil
    ) {
        self.text = text
        self.markdown = markdown
        self.records = records
        self.suites = suites ?? [Suite(name, records.rows.map { records.check($0) })]
        let count = records.rows.count
        self.notices = notices ?? [Notice(.notice, "shmbench \(name)", "\(count) row\(count == 1 ? "" : "s")")]
    }

    /// A document whose rows are all that there is to tell.
    package init<Row>(
        _ name: String, _ document: Document<Row>, _ rows: [Row], text: @escaping (Page) -> String,
        markdown: (() -> String)? = nil, suites: [Suite]? = nil, notices: [Notice]? = nil
    ) {
        self.init(
            name, text: text, markdown: markdown ?? { document.markdown(rows) + "\n" },
            records: document.records(rows), suites: suites, notices: notices)
    }

    /// Rows of values under the names of their columns.
    package struct Records {
        package let schema: Int
        package let names: [String]
        package let rows: [[Value]]

        package init(schema: Int = 1, _ names: [String], _ rows: [[Value]]) {
            self.schema = schema
            self.names = names
            self.rows = rows
        }

        /// What fields tell of some subjects.
        package init<Subject>(schema: Int, _ fields: [Field<Subject>], _ subjects: [Subject]) {
            self.init(
                schema: schema, fields.map(\.name), subjects.map { subject in fields.map { $0.value(subject) } })
        }

        /// A row as a case that passed: its first value names it.
        fileprivate func check(_ row: [Value]) -> Check {
            let told = zip(names, row).filter { $1 != .empty }.map { "\($0)=\($1.text)" }
            return Check(row.first { $0 != .empty }?.text ?? "", .passed, told.joined(separator: ", "))
        }
    }

    /// Checks that belong together.
    package struct Suite {
        package let title: String
        package let checks: [Check]

        package init(_ title: String, _ checks: [Check]) {
            self.title = title
            self.checks = checks
        }
    }

    /// One thing that was checked.
    package struct Check {
        /// What came of it.
        package enum Outcome { case passed, failed, error, skipped }

        package let name: String
        package let outcome: Outcome
        /// What was found.
        package let text: String

        package init(_ name: String, _ outcome: Outcome, _ text: String) {
            self.name = name
            self.outcome = outcome
            self.text = text
        }
    }

    /// A line for a person who looks at a job.
    package struct Notice {
        /// How much it matters.
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
    /// That there is nothing to tell, and why: no format takes that for a good end.
    ///
    /// - Parameters:
    ///   - subject: what there would have been, as in "comparison".
    ///   - what: was not done, as in "compared".
    ///   - names: of the columns that there would be.
    package static func failure(
        _ failure: Failure, of subject: String, nothingWas what: String, names: [String]
    ) -> Report {
        let message = "nothing was \(what): \(failure.message)"
        return Report(
            "failure", text: { _ in failure.message + "\n" },
            markdown: { "### ⚠️ shmbench: nothing was \(what)\n\n\(failure.message)\n" }, records: Records(names, []),
            suites: [Suite("shmbench", [Check(subject, .error, message)])],
            notices: [Notice(.error, "shmbench", message)])
    }
}
