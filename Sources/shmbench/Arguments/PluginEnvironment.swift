internal import Glibc
internal import SystemPackage

/// The variables of the environment that a lock plugin reads, to repeat a run with them.
enum PluginEnvironment {
    /// The size limit of a plugin that is searched, bytes.
    private static let longest = 64 << 20

    /// The assignments for a shell, such as `SHM_SLOW_FUTEX_NS=5`: the variables whose names end strings of the shared
    /// object: linkers let a string share the end of a longer one. A plugin that composes a name is not recognised.
    static func assignments(_ plugin: String) -> [String] {
        guard let bytes = try? contents(plugin) else { return [] }
        let words = Set(bytes.split(separator: 0).map(lastWord))
        return variables.filter { $0.name.count > 1 && words.contains(ArraySlice($0.name.utf8)) }.map {
            "\($0.name)=\($0.value.shellWord)"
        }
    }

    /// The letters, digits and underscores at the end of a string.
    private static func lastWord(_ string: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = string.lastIndex { byte in
            let character = Character(Unicode.Scalar(byte))
            return !character.isASCII || !(character.isLetter || character.isNumber || character == "_")
        }
        return string[(start.map { $0 + 1 } ?? string.startIndex)...]
    }

    private static var variables: [(name: String, value: String)] {
        var variables: [(String, String)] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let parts = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables.append((String(parts[0]), String(parts[1]))) }
            unsafe next += 1
        }
        return variables
    }

    private static func contents(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        return try file.closeAfter {
            var bytes: [UInt8] = []
            while bytes.count < longest {
                let part = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    count = unsafe try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { break }
                bytes += part
            }
            return bytes
        }
    }
}
