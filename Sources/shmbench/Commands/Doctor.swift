internal import ArgumentParser
internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender

/// `shmbench doctor`.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what makes figures unreliable or a lock unusable on this machine, and the remedy.",
        discussion: """
            Changes nothing. Problems do not change the exit code, except with --strict: then a property of this machine \
            that makes figures misleading (WARN of CPUs, frequency, load, clock and the like) is a failure.

            \(ExitStatus.help([.ok, .failed, .usage]))

            \(Examples.text("doctor"))
            """)

    @Flag(help: "Exit with code 1 if figures measured here would mislead.")
    var strict = false

    @OptionGroup var document: DocumentOptions

    mutating func run() throws {
        let line = ProgressLine.working("examining the machine")
        let files = SystemFiles()
        let cpu = CPUFindings.all(files, machine: .current, clock: ClockCalibration())
        // Without a worker program, the C library is that of this program.
        let fingerprint = MachineFingerprint(libc: (try? WorkerProgram())?.libc)
        let limits = LimitFindings.all(files, membarrier: fingerprint.membarrier, libc: fingerprint.libc)
        line.clear()
        let failures = strict ? CPUFindings.doubts(cpu) : []
        let report = Self.report(
            cpu + FingerprintFindings.all(fingerprint) + limits, fingerprint: fingerprint, failures: failures)
        try document.show(.doctor, report, failures.isEmpty ? .ok : .failed)
        if !failures.isEmpty { throw Failure(Self.failure(failures)) }
    }

    private static func failure(_ subjects: [String]) -> String {
        "figures measured here would mislead: \(subjects.joined(separator: ", "))"
    }

    /// - Parameters:
    ///   - fingerprint: what tells this machine apart from others of its name.
    ///   - failures: the properties that `--strict` makes a failure.
    static func report(
        _ findings: [MachineFinding], fingerprint: MachineFingerprint? = nil, failures: [String] = []
    ) -> Report {
        let troubles = findings.filter { $0.weight == .warning || $0.weight == .obstacle }
        let failure = failures.isEmpty ? [] : [Self.failure(failures)]
        let sentences = [verdict(troubles.count)] + failure
        return Report(
            "doctor", text: { text(findings, $0) },
            markdown: { layout.markdown(findings) + "\n" + sentences.map { "\($0).\n" }.joined() },
            records: Report.Records(schema: DoctorColumn.schema, DoctorColumn.all, findings),
            facts: [.init("verdict", .texts(sentences))]
                + (fingerprint.map { [.init("fingerprint", .object(FingerprintColumn.all, $0))] } ?? []),
            suites: [
                Report.Suite(
                    "doctor",
                    findings.map { finding in
                        // Without --strict, a finding is not a failed test.
                        let isTrouble = finding.weight == .warning || finding.weight == .obstacle
                        return Report.Check(
                            finding.subject,
                            failures.contains(finding.subject) ? .failed : isTrouble ? .skipped : .passed,
                            isTrouble && !finding.advice.isEmpty ? "\(finding.text): \(finding.advice)" : finding.text)
                    })
            ],
            notices: troubles.map { finding in
                Report.Notice(
                    failures.contains(finding.subject) ? .error : .warning, finding.subject,
                    "\(finding.text): \(finding.advice)")
            } + failure.map { Report.Notice(.error, "shmbench", $0) }
                + [
                    Report.Notice(
                        .notice, "shmbench", "\(troubles.count) of \(counted(findings.count, "check")) found a problem")
                ], exhibit: { Exhibit([.init("Machine", [.table(table(findings))])]) })
    }

    /// The findings, with colours.
    static func table(_ findings: [MachineFinding]) -> Exhibit.Table {
        let table = layout.exhibit("What `shmbench doctor` finds on this machine", findings)
        return Exhibit.Table(
            table.caption, [table.columns[1], .init("state")] + table.columns.dropFirst(2),
            zip(findings, table.rows).map { finding, row in
                [row[1], .init(row[0].text, mark(finding.weight))] + row.dropFirst(2)
            }, isMap: true)
    }

    private static func mark(_ weight: MachineFinding.Weight) -> Exhibit.Table.Mark {
        switch weight {
        case .ok: .good
        case .note: .empty
        case .warning: .fair
        case .obstacle: .bad
        }
    }

    private static let layout = TableLayout<MachineFinding>(
        items: DoctorColumn.all.dropFirst().map { field in
            .init(field, title: field.name == "weight" ? "" : nil) { field.value($0).text }
        })

    /// One line for each finding, and its advice below: wide tables are hard to read.
    static func text(_ findings: [MachineFinding], _ page: Page = Page()) -> String {
        let width = findings.map(\.subject.count).max() ?? 0
        var text = ""
        for finding in findings {
            let mark =
                switch finding.weight {
                case .ok: "  ok  "
                case .note: " note "
                case .warning: " WARN "
                case .obstacle: " STOP "
                }
            text += page.hanging("\(mark) \(finding.subject.padded(to: width))  ", finding.text)
            if !finding.advice.isEmpty && finding.weight != .ok {
                text += page.hanging(String(repeating: " ", count: 9 + width), "→ \(finding.advice)")
            }
        }
        let troubles = findings.count { $0.weight == .warning || $0.weight == .obstacle }
        text += "\n\(verdict(troubles))\(troubles == 0 ? "." : ": see WARN and STOP above.")\n"
        return text
    }

    private static func verdict(_ troubles: Int) -> String {
        if troubles == 0 { return "No problem found" }
        return "\(counted(troubles, "problem")) \(troubles == 1 ? "makes" : "make") figures unreliable"
    }
}
