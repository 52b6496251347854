/// A test of ReFrame that runs the tasks of a plan.
struct ReFrameExample {
    private let plan: FleetPlan

    init(_ plan: FleetPlan) { self.plan = plan }

    /// The entries of a dictionary in Python. Names of tasks and nodes need no escapes.
    private var nodes: String {
        plan.tasks.map { task in "    \"\(task.name)\": \(task.node.map { "\"\($0)\"" } ?? "None"),\n" }.joined()
    }

    /// The test class, in Python.
    var text: String {
        """
        \"""Runs the tasks of the fleet \(plan.id) as tests of ReFrame 4, each on a node of its own.

        All nodes must see the fleet folder at one path. The partition is that of your settings:
            reframe -C settings.py -c reframe_test.py -r --performance-report
        Afterwards, `shmbench fleet collect` reports on all nodes, with ratios and intervals.
        \"""
        import csv
        import shlex
        import statistics
        from pathlib import Path

        import reframe as rfm
        import reframe.utility.sanity as sn

        FOLDER = Path(__file__).resolve().parent.parent
        # The node of each task; None where the scheduler chooses it.
        NODES = {
        \(nodes)}
        EXPECTED_ROWS = \(plan.expectedRows ?? 1)


        @rfm.simple_test
        class FleetTask(rfm.RunOnlyRegressionTest):
            task = parameter(NODES)
            descr = "\(plan.kind.rawValue) of shmbench"
            valid_systems = ["*"]
            valid_prog_environs = ["*"]
            sourcesdir = None
            executable = shlex.quote(str(FOLDER / "task"))
            num_tasks = 1
            num_tasks_per_node = 1
            exclusive_access = True
            time_limit = "\(plan.timeLimit)s"

            @run_before("run")
            def choose(self):
                self.executable_opts = [self.task]
                if NODES[self.task]:
                    # As Slurm names it; other schedulers have options of their own.
                    self.job.options += [f"--nodelist={NODES[self.task]}"]

            @deferrable
            def rows(self):
                with open(FOLDER / "results" / self.task / "\(plan.kind.resultsName)", newline="") as file:
                    return list(csv.DictReader(file))

            @sanity_function
            def is_complete(self):
                status = str(FOLDER / "results" / self.task / "status")
                return sn.all([
                    sn.assert_found(r"^state=ended$", status, "the task has not ended"),
                    sn.assert_found(r"^exit=0$", status, "the task has failed: see its log"),
                    sn.assert_ge(sn.count(self.rows()), EXPECTED_ROWS, "rows are missing: {0} of {1}"),
                ])

            @run_before("performance")
            def throughput(self):
                # The median of the rounds, for each lock and number of workers.
                rates = {}
                for row in self.rows().evaluate():
                    if row.get("throughput_per_s"):
                        key = f"{row['lock']}_{row['workers']}"
                        rates.setdefault(key, []).append(float(row["throughput_per_s"]))
                self.perf_variables = {
                    key: sn.make_performance_function(sn.defer(statistics.median(values)), "acquisitions/s")
                    for key, values in rates.items()
                }

        """
    }
}
