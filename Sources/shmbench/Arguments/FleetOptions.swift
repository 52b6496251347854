internal import ArgumentParser
internal import Glibc
internal import ShmCluster
internal import ShmRecord

/// The folder of a fleet, and the limit of each task.
struct FleetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder for plan, programs and results; new or empty. (default: fleet-TIME)", valueName: "folder"))
    var folder: String?

    @Option(
        "--time-limit", .span(from: 1_000_000_000), valueName: "time",
        "Time after which a task is ended. (default: by the command's expected duration, with a margin)")
    var timeLimit: TimeSpan?

    /// The folder to create.
    func newFolder(at seconds: Int) throws -> FleetFolder {
        if let folder {
            if folder.isEmpty { throw Failure.invalid(folder, for: "--folder", expected: "a path") }
            return try FleetFolder(folder)
        }
        let name = "fleet-\(Timestamp.compact(seconds))"
        let names = [""] + (2...999).map { "-\($0)" }
        return try FleetFolder(name + (names.first { unsafe access(name + $0, F_OK) != 0 } ?? ""))
    }
}
