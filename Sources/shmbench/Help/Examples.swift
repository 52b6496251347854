/// The examples in the help of each command. `ExampleTests` runs each of them.
enum Examples {
    /// The examples and the related commands and topics, for the end of a command's help.
    static func text(_ command: String) -> String {
        let page = pages[command] ?? (examples: [], related: [])
        let examples = page.examples.map { "  shmbench \($0.line)\n      \($0.meaning)" }
        let related = page.related.map { "`shmbench \($0)`" }.joined(separator: ", ")
        return "Examples:\n\(examples.joined(separator: "\n"))\n\nSee also: \(related)"
    }

    /// For each command, its examples, and what to read next.
    static let pages: [String: (examples: [Example], related: [String])] = [
        "run": (
            [
                Example("run --locks robust-futex,futex --workers 1,2", "Two locks, each with 1 and with 2 processes."),
                Example(
                    "run --locks survivors --workers 2 --rounds 9 --output today.csv --output today.md",
                    "All locks that survive owner death; the rows as CSV, the tables as Markdown."),
                Example(
                    "run --locks futex --rate 50k --critical-section 2us",
                    "An open loop: 50,000 acquisitions per second are due."),
                Example(
                    "run --locks robust-futex,mcs --workers 2 --critical-section 0,100ns,1us --think 0,1us",
                    "A grid of six loads: a map of which lock is best where."),
                Example(
                    "run --locks robust-futex --workers 4 --kills 20",
                    "Also kills 20 owners, and times the recovery of the lock."),
            ], ["help measuring", "help columns", "report", "doctor"]
        ),
        "report": (
            [
                Example("report old.csv", "Tables and verdict of a results file."),
                Example("report old.csv --plot", "The same, with plots of its percentiles and its numbers of workers."),
                Example(
                    "report old.csv new.csv --sort p99 --output summary.md",
                    "Two files together, by their tails, as Markdown."),
            ], ["run", "compare", "help columns"]
        ),
        "compare": (
            [
                Example("compare futex robust-futex --workers 2", "Is robust-futex slower than futex?"),
                Example(
                    "compare \"GLIBC_TUNABLES=glibc.pthread.mutex_spin_count=0 pthread-adaptive\" pthread-adaptive --metrics throughput,p99 --threshold p99=20%",
                    "The same lock under two settings, by two metrics."),
                Example("compare old.csv new.csv --output findings.json", "Two results files; nothing is measured."),
            ], ["check", "help exit-codes", "help measuring"]
        ),
        "check": (
            [
                Example("check --baseline baseline.csv --update", "Measures, and writes the baseline to commit."),
                Example(
                    "check --baseline baseline.csv --false-alarms 5% --output junit.xml",
                    "Compares this build with it, with a report for a CI server."),
            ], ["compare", "help exit-codes"]
        ),
        "crash": (
            [
                Example(
                    "crash --locks robust-futex --paths uncontended,holder", "Kills at each instruction of two paths."),
                Example(
                    "crash --locks futex,none --every 10",
                    "A lock that hangs, and the control; a tenth of the instructions."),
            ], ["stress", "list", "help locks"]
        ),
        "stress": (
            [
                Example("stress --locks robust-futex --duration 10s", "All faults on one lock."),
                Example(
                    "stress --locks survivors --faults kill-holder --episodes 100 --seed 1",
                    "100 kills of an owner of each lock that promises to survive them."),
            ], ["crash", "list", "help locks"]
        ),
        "lifecycle": (
            [
                Example("lifecycle --attachments 1,100 --samples 200", "The costs with 1 and with 100 attachments."),
                Example("lifecycle --locks robust-futex,sysv-sem-undo", "Two locks, one of which has a kernel object."),
            ], ["segments", "list"]
        ),
        "fleet": (
            [
                Example(
                    "fleet run --nodes n1,n[3-5] --locks robust-futex,futex --workers 1,2",
                    "Two locks on four nodes of Slurm, and one report."),
                Example(
                    "fleet run --engine ssh --hosts host-a,host-b crash --locks survivors",
                    "A crash test on two hosts that ssh reaches."),
                Example(
                    "fleet compare futex robust-futex --workers 2 --partition all",
                    "A comparison on each node, with one error rate for all."),
                Example(
                    "fleet plan --tasks 3 --folder planned --locks futex --workers 1",
                    "A folder that another engine can run, with one command."),
            ], ["run", "compare", "report", "help exit-codes"]
        ),
        "history": (
            [
                Example("history h.db", "The runs that `run --history h.db` has appended."),
                Example(
                    "history h.db --metrics p99 --locks futex", "The tail of one lock over time, and its change points."
                ),
                Example("history h.db --export otava.csv", "The figures for Apache Otava."),
            ], ["run", "compare", "help columns"]
        ),
        "list": (
            [
                Example("list", "All locks and what they promise."),
                Example("list --output locks.json", "All properties, also as JSON in a file."),
                Example("list --names", "The names alone, for scripts."),
            ], ["help locks", "crash", "stress"]
        ),
        "doctor": (
            [
                Example("doctor", "What makes figures unreliable on this machine, and the remedy."),
                Example("doctor --strict --output doctor.json", "For a script: exit code 1 if figures would mislead."),
            ], ["run", "help measuring"]
        ),
        "segments": (
            [
                Example("segments", "What is in shared memory, and what is left over."),
                Example("segments --remove", "Removes what is left over."),
            ], ["lifecycle", "list"]
        ),
        "schema": (
            [
                Example("schema", "The documents for programs."),
                Example("schema run --output run.schema.json", "The JSON Schema of `run --format json`."),
                Example("schema run --format markdown", "The columns of `run`, with units and meanings."),
            ], ["help columns", "report"]
        ),
    ]
}
