internal import ShmCore
internal import SystemPackage

extension MemoryKills {
    /// Makes the OOM killer prefer this process, a worker, to its coordinator, which can then report the kill.
    static func prefer(_ process: ChildProcess) -> ChildProcess {
        guard let folder = ProcessFolder.path(of: process.pid) else { return process }
        let file = try? FileDescriptor.open(
            FilePath("\(folder)/oom_score_adj"), .writeOnly, options: [.closeOnExec])
        _ = try? file?.closeAfter { _ = try file?.writeAll("1000".utf8) }
        return process
    }
}
