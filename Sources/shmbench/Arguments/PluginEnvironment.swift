internal import Glibc
internal import SystemPackage

/// The variables of the environment that a lock plugin reads, to repeat a run with them.
enum PluginEnvironment {
    /// The size limit of a plugin that is searched, bytes.
    private static let longest = 64 << 20

    /// The assignments for a shell, such as `SHM_SLOW_FUTEX_NS=5`: the variables whose names are strings of the shared
    /// object. A plugin can only read another variable if it composes the name.
    static func assignments(_ plugin: String) -> [String] {
        guard let bytes = try? contents(plugin) else { return [] }
        let strings = Set(bytes.split(separator: 0).lazy.filter { $0.count < 256 })
        return variables.filter { strings.contains(ArraySlice($0.name.utf8)) }.map {
            "\($0.name)=\($0.value.shellWord)"
        }
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
