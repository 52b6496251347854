/// What is run on a host. Each script is one line, and every name in it is plain or quoted.
struct SSHScripts {
    private let plan: FleetPlan
    private let task: FleetTask

    init(_ plan: FleetPlan, _ task: FleetTask) { (self.plan, self.task) = (plan, task) }

    /// The task's folder there.
    var place: String { "/var/tmp/shmbench-\(plan.id)-\(task.name)" }

    /// Unpacks the archive on the standard input, and starts the task in a session of its own: it outlives the connection.
    var start: String {
        let task = "./task \(task.name)"
        // Without --foreground, it would signal the whole group, and the program several times.
        let limited = "timeout --foreground -k 30 \(plan.timeLimit) \(task)"
        let session = "echo $$ >group; timeout --foreground 1 true 2>/dev/null && exec \(limited); exec \(task)"
        return [
            "umask 077", "mkdir -p \(place) && cd \(place) && tar -xf - || exit 1", "rm -f group",
            "setsid sh -c \(session.quotedForShell) </dev/null >/dev/null 2>&1 & n=0",
            "until [ -s group ] || [ $n -ge 100 ]; do n=$((n+1)); sleep 0.1; done", "[ -s group ]",
        ].joined(separator: "; ")
    }

    /// Says whether the task's processes live, and then how far it is: lines `key=value`, with those of its status.
    var look: String {
        [
            "cd \(place) 2>/dev/null || { echo folder=gone; exit 0; }",
            "[ -s group ] && kill -0 -$(cat group) 2>/dev/null && echo alive=yes",
            "cd results/\(task.name) 2>/dev/null || exit 0",
            "echo lines=$(wc -l <\(plan.kind.resultsName) 2>/dev/null)",
            "echo \"log=$(grep \"% done\" log | tail -n 1)\"",
            "cat status 2>/dev/null",
        ].joined(separator: "; ")
    }

    /// Writes the results as an archive to the standard output.
    var pack: String { "tar -C \(place)/results -cf - \(task.name)" }

    var remove: String { "rm -rf \(place)" }

    /// Ends the task, whose leader passes the signal on: it may write what it has measured within ten seconds.
    var end: String {
        [
            "g=$(cat \(place)/group 2>/dev/null) && [ -n \"$g\" ] || exit 0", "kill -TERM $g 2>/dev/null", "n=0",
            "while kill -0 -$g 2>/dev/null && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.1; done",
            "kill -KILL -$g 2>/dev/null",
            "exit 0",
        ].joined(separator: "; ")
    }
}
