internal import CBench

/// What this program was called with, also where nothing but the kernel can tell: without /proc, and after an object that
/// was loaded before `main` has changed the environment.
public enum ProgramArguments {
    /// All of them, the program's own name first; empty where the caller gave not even that.
    public static let all: [String] = (0..<bench_argument_count()).compactMap { index in
        unsafe bench_argument(index).map { unsafe String(cString: $0) }
    }

    /// Those behind the program's name.
    public static var given: [String] { Array(all.dropFirst()) }
}
