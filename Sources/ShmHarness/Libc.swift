internal import Glibc

/// The C library of this process, on which its pthread locks depend.
public enum Libc {
    /// Name and version, such as `glibc 2.41`; `nil` if the library does not tell. A statically linked program has the
    /// library that it was linked with, and not that of the machine.
    public static let name: String? = {
        var text = [CChar](repeating: 0, count: 64)
        guard unsafe confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count) > 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()
}
