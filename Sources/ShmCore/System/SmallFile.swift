internal import CShm
internal import Glibc
package import SystemPackage

/// Reads small text files of the kernel.
package enum SmallFile {
    package static func read(_ path: String) throws(Errno) -> String {
        do {
            let file = try SystemCall.descriptor(
                try SystemCall.retrying { unsafe shm_open_path(path, O_RDONLY | O_CLOEXEC, 0) })
            return try file.closeAfter {
                var text: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 8192)
                while true {
                    let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                    if count == 0 { return String(decoding: text, as: UTF8.self) }
                    text += buffer[..<count]
                }
            }
        } catch {
            throw (error as? Errno) ?? .ioError
        }
    }
}
