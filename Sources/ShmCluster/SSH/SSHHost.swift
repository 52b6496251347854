internal import ShmCoordinator
internal import ShmRecord

/// A host that the OpenSSH client reaches with the user's own configuration and keys.
struct SSHHost {
    let name: String
    private let ssh: ExternalProgram

    /// Neither side asks anything, and a connection that says nothing for half a minute ends.
    private static let options = [
        "-T", "-x", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-o",
        "ServerAliveCountMax=6",
    ]

    init(_ name: String) throws {
        self.name = name
        ssh = try ExternalProgram("ssh", remedy: "install the OpenSSH client, or use another --engine")
    }

    /// Runs a POSIX script there. The user's shell there may be another: it gets one word in quotation marks, which must not
    /// contain line ends or `!`.
    func call(
        _ script: String, to purpose: String, input: ExternalCall.Input = .nothing, outputFile: String? = nil,
        limit: Duration = .seconds(45)
    ) throws -> ExternalCall {
        try ExternalCall(
            ssh, Self.options + ["--", name, "sh -c " + script.quotedForShell], to: "\(purpose) \(name)", input: input,
            outputFile: outputFile, limit: limit)
    }
}
