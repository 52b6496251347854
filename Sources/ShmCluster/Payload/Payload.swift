internal import Glibc
internal import ShmCoordinator
internal import ShmRecord

/// What a fleet carries along: the programs, and the files that its command names.
package struct Payload: Sendable {
    /// Where a program is here, and its name in `bin`.
    private var programs: [(source: String, name: String)]
    /// Where a file, or the program of a folder, is here, and its name in `inputs`.
    private var inputs: [(source: String, name: String)] = []
    private var taken: Set<String> = []

    /// The programs beside this one.
    ///
    /// - Parameter hasPlugin: whether tasks load a lock plugin, which a static worker cannot.
    /// - Throws: ``Failure`` if there is no worker program that fits.
    package init(hasPlugin: Bool) throws {
        do {
            programs = [(OwnProgram.path, "shmbench"), (try WorkerProgram().path, "shmworker")]
            if hasPlugin { programs.append((try WorkerProgram(loadsPlugins: true).path, "shmworker-dynamic")) }
        } catch { throw Failure(error.description) }
    }

    /// Adds a file. Returns its path as the command of a task names it, whose working folder is `results/NAME`.
    package mutating func add(_ file: String) -> String {
        let base = file.split(separator: "/").last.map(String.init) ?? "input"
        let plain = String(base.map { "\($0)".isPlainName ? $0 : "_" }.drop { $0 == "." || $0 == "-" })
        let (stem, ending) = Self.parts(plain.isEmpty ? "input" : plain)
        let name = ([""] + (2...999).map { "-\($0)" }).lazy.map { stem + $0 + ending }.first { !taken.contains($0) }
        inputs.append((file, name ?? plain))
        taken.insert(name ?? plain)
        return "../../inputs/\(name ?? plain)"
    }

    /// Adds a build: a folder with a worker, and its own coordinator if there is one. Returns its path as for ``add(_:)``.
    package mutating func addBuild(worker: String, tool: String?) -> String {
        let name = (1...999).lazy.map { "build-\($0)" }.first { !taken.contains($0) } ?? "build"
        taken.insert(name)
        builds.append((worker, tool, name))
        return "../../inputs/\(name)"
    }

    private var builds: [(worker: String, tool: String?, name: String)] = []

    private static func parts(_ name: String) -> (stem: String, ending: String) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
        return (String(name[..<dot]), String(name[dot...]))
    }

    /// Copies everything.
    package func install(in folder: FleetFolder) throws {
        for (source, name) in programs { try CarriedProgram(source).install(in: folder.path("bin"), as: name) }
        for (source, name) in inputs {
            try FileTree.copy(source, to: folder.path("inputs/\(name)"), isProgram: unsafe access(source, X_OK) == 0)
        }
        for build in builds {
            let place = folder.path("inputs/\(build.name)")
            try FileTree.makeFolder(place)
            try CarriedProgram(build.worker).install(in: place, as: "shmworker")
            if let tool = build.tool { try CarriedProgram(tool).install(in: place, as: "shmbench") }
        }
    }

    /// Packs what a node needs into one archive, once. Returns its path.
    static func archive(_ folder: FleetFolder) throws -> String {
        let file = folder.path("payload.tar")
        if unsafe access(file, R_OK) == 0 { return file }
        let tar = try ExternalProgram("tar", remedy: "install it: fleets without a shared file system need it")
        try tar.call(
            ["-cf", "\(file).new", "-C", folder.path, "fleet.toml", "task", "bin", "inputs"],
            to: "pack the programs of the fleet", limit: .seconds(120))
        if unsafe rename("\(file).new", file) != 0 { throw Failure("cannot write \(file)") }
        return file
    }
}
