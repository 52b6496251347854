import ShmCoordinator

enum Namespaces {
    /// Whether this process may make a PID namespace.
    static let areAllowed: Bool = {
        let arguments = ["-c", "exec unshare --pid --fork --mount-proc true"]
        return (try? Invocation(program: "/bin/sh", arguments).finish().exit) == .code(0)
    }()
}
