internal import CBench

/// The arguments of this program, read without /proc, and also after a preloaded object has changed the environment.
public enum ProgramArguments {
    /// All of them, the program's name first; empty if the caller passed not even a name.
    public static let all: [String] = (0..<bench_argument_count()).compactMap { index in
        unsafe bench_argument(index).map { unsafe String(cString: $0) }
    }

    /// The arguments after the program's name.
    public static var given: [String] { Array(all.dropFirst()) }
}
