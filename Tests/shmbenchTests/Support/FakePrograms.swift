import Foundation
import ShmCoordinator
import Testing

/// Shell scripts that stand in for programs of Slurm or for `ssh`, in a folder at the front of the PATH.
struct FakePrograms {
    let folder: Folder

    /// - Parameter scripts: by the names of the programs. `$here` is their folder.
    init(_ scripts: [String: String]) throws {
        folder = try Folder()
        for (name, text) in scripts { try add(name, text) }
    }

    /// Adds a program. A shell writes it: see ``Script``.
    func add(_ name: String, _ text: String) throws {
        let write = "printf '%s\\n' '#!/bin/sh' \"here=$3\" \"$2\" >\"$1\" && chmod 755 \"$1\""
        let shell = try ChildProcess(
            "/bin/sh", ["-c", write, "sh", folder.path(name), text, "'\(folder.path)'"])
        try #require(shell.awaitExit() == .code(0))
    }

    /// Starts `shmbench` with these programs.
    func shmbench(_ arguments: [String], in work: Folder? = nil) throws -> Invocation {
        try Invocation(
            program: "/usr/bin/env",
            ["PATH=\(folder.path):/usr/bin:/bin", "\(Invocation.programs)/shmbench"] + arguments, in: work)
    }

    /// A Slurm of the nodes n1, n2 and n3, the last of which is down, that runs tasks here as soon as they are released.
    static func slurm() throws -> FakePrograms {
        try FakePrograms([
            "sinfo": """
            echo 'n1|all*|idle|none'; echo 'n2|all*|idle|none'; echo 'n3|all*|down*|no power | since yesterday'
            """,
            "sbatch": """
            for script do :; done
            cp "$script" "$here/script"; echo 7
            """,
            "scontrol": """
            case "$1 $2" in
            "show hostnames") echo "$3" | tr ',' '\\n' ;;
            "show config") echo 'MaxArraySize            = 5' ;;
            "release 7")
                for bound in "$here"/bound.*; do
                    index=${bound##*.}
                    : >"$here/begun.$index"
                    SLURM_ARRAY_TASK_ID=$index setsid sh -c 'sh "$0"; : >"$1"' "$here/script" "$here/done.$index" \
                        >/dev/null 2>&1 &
                    echo $! >>"$here/groups"
                done ;;
            *) sed -n 's/^update JobId=7_\\([0-9]*\\) ReqNodeList=\\(.*\\)/\\1 \\2/p' | while read -r index node; do
                    echo "$node" >"$here/bound.$index"
                done ;;
            esac
            """,
            "squeue": """
            count=$(sed -n 's/^#SBATCH --array=//p' "$here/script" | tr ',' '\\n' | sed 's/%.*//' | while IFS=- read -r from to; do
                seq "$from" "${to:-$from}"
            done)
            for index in $count; do
                state=PENDING
                [ -e "$here/begun.$index" ] && state=RUNNING
                [ -e "$here/done.$index" ] && state=COMPLETED
                [ -e "$here/state.$index" ] && state=$(cat "$here/state.$index")
                echo "$index|10$index|$state|$(cat "$here/bound.$index" 2>/dev/null)|None"
            done
            """,
            "scancel": """
            echo "$@" >>"$here/cancelled"
            for index in 0 1 2; do echo CANCELLED >"$here/state.$index"; done
            for group in $(cat "$here/groups"); do kill -TERM -$group; done
            """,
            "srun": "exit 1", "sbcast": "exit 1",
        ])
    }
}
