internal import Glibc

/// The character set of the terminal, as locale(7) determines it.
enum Locale {
    /// Whether the environment names a locale that is not UTF-8, such as `C`. Without any of the variables, UTF-8 is
    /// assumed: containers seldom set them.
    static let isASCII: Bool = {
        let values = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { (name: String) in
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
        guard let value = values.first(where: { !$0.isEmpty }) else { return false }
        let name = value.lowercased()
        return !name.contains("utf-8") && !name.contains("utf8")
    }()
}
