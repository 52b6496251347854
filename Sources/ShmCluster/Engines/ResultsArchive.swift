internal import Glibc
internal import ShmRecord

/// Archives with the results of a task, as they come from another machine.
enum ResultsArchive {
    /// The files of a task that are kept.
    private static func isKept(_ name: String) -> Bool {
        !name.hasPrefix(".") && name.utf8.count <= 200 && name != "reserve" && !name.hasSuffix(".new")
    }

    /// Puts the files of an archive into the task's folder. Links, pipes and folders in it are left out.
    static func unpack(_ archive: String, task: String, in folder: FleetFolder) throws {
        let tar = try ExternalProgram("tar", remedy: "install it: results of other machines come as archives")
        let draft = folder.path("results/.\(task).part")
        FileTree.remove(draft)
        try FileTree.makeFolder(draft)
        defer { FileTree.remove(draft) }
        try tar.call(
            ["-xf", archive, "-C", draft, "--no-same-owner", "--no-same-permissions"],
            to: "unpack the results of \(task)",
            limit: .seconds(120))
        let place = folder.path("results/\(task)")
        try FileTree.makeFolder(place)
        for name in try FileTree.names(in: "\(draft)/\(task)") where isKept(name) {
            let file = "\(draft)/\(task)/\(name)"
            guard FileTree.isRegular(file) else { continue }
            if unsafe rename(file, "\(place)/\(name)") != 0 { throw Failure("cannot write \(place)/\(name)") }
        }
    }
}
