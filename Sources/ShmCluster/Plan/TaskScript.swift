internal import Glibc

/// The command `task` of a fleet folder: `./task NAME` runs one task on the machine on which it is started.
struct TaskScript {
    private let plan: FleetPlan

    init(_ plan: FleetPlan) { self.plan = plan }

    /// The kind of CPU that the programs are for, as in `uname -m`.
    private static var architecture: String {
        var name = utsname()
        _ = unsafe uname(&name)
        return unsafe withUnsafeBytes(of: name.machine) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The script, for a POSIX shell with mkdir, mv, rm, cat, wc, date, sed and uname.
    ///
    /// Its working folder is the task's own, so what else a command writes does not meet another task's. A file that is
    /// removed at the end reserves the space for the last status. The first line of the log reserves that of messages. An
    /// interruption is passed on as SIGHUP: where an engine signals all processes of a task, the program gets a signal of
    /// another number, and not the same once more, which would end it at once.
    var text: String {
        let words = plan.command.map(\.quotedForShell).joined(separator: " ")
        let results = plan.kind.resultsName
        return """
            #!/bin/sh
            # Runs one task of the fleet \(plan.id) on this machine: ./task NAME
            # Results, log and status are in results/NAME. Needs nothing but this folder and a POSIX shell.
            unset CDPATH
            case ${1-} in '' | .* | -* | */*)
                echo "usage: ./task NAME, where NAME is one of fleet.toml" >&2
                exit 64 ;;
            esac
            name=$1
            case $0 in */*) cd "${0%/*}" || exit 1 ;; esac
            mkdir -p "results/$name" && cd "results/$name" || exit 1

            host=$(uname -n) kernel=$(uname -r) tool=
            boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
            started=$(date +%s)

            # put STATE [LINE…]: replaces the status, so that a reader finds it complete.
            put() {
                {
                    echo "state=$1"
                    shift
                    for fact do echo "$fact"; done
                    printf '%s\\n' "host=$host" "kernel=$kernel" "tool=$tool" "boot_id=$boot" "started=$started"
                } >status.new && mv -f status.new status
            }
            # rows: the lines of the results but for the header.
            rows() {
                lines=$(wc -l <\(results) 2>/dev/null) || lines=1
                echo $((lines > 0 ? lines - 1 : 0))
            }
            # finish CODE: the last status, and the end.
            finish() {
                rm -f reserve
                put ended "exit=$1" "rows=$(rows)" "ended=$(date +%s)" || echo "cannot write results/$name/status on $host" >&2
                exit "$1"
            }

            if ! { echo "task $name on $host, Linux $kernel" >log && head -c 16384 /dev/zero >reserve && put running; }; then
                echo "cannot write results/$name on $host" >&2
                finish 1
            fi
            rm -f \(results)
            if [ "$(uname -m)" != \(Self.architecture.quotedForShell) ]; then
                echo "shmbench: the programs of this fleet are for \(Self.architecture), and $host is a $(uname -m)" >>log
                finish 1
            fi
            tool=$(../../bin/shmbench --version 2>>log) || finish $?
            tool=${tool#shmbench }
            put running

            # A program that is started to ignore SIGHUP (nohup) gets SIGTERM.
            case $(sed -n 's/^SigIgn:.*\\(.\\)$/\\1/p' /proc/self/status) in
            [13579bdf]) pass=TERM ;;
            *) pass=HUP ;;
            esac
            ../../bin/shmbench \(words) --output \(results) </dev/null >/dev/null 2>>log &
            program=$!
            trap 'kill -$pass "$program" 2>/dev/null' HUP INT TERM
            while :; do
                wait "$program"
                code=$?
                [ "$code" -gt 128 ] && kill -0 "$program" 2>/dev/null || break
            done
            # The shell may have collected it while a signal interrupted the wait.
            if [ "$code" -gt 128 ]; then
                wait "$program" 2>/dev/null
                again=$?
                [ "$again" -eq 127 ] || code=$again
            fi
            finish "$code"

            """
    }
}
