internal import Glibc

/// The POSIX shared-memory name of a key: the argument of `shm_open(3)` after the slash.
///
/// Bytes outside `[A-Za-z0-9._-]`, and a leading dot, are percent-encoded, so every string gives a name and different
/// strings give different names.
enum SegmentKey {
    /// NAME_MAX of every Linux file system that can hold segments.
    static let longestName = 255

    /// Why a key is invalid.
    enum Problem: Error, Equatable {
        case empty
        case holdsNUL
        case tooLong(bytes: Int)

        var reason: String {
            switch self {
            case .empty: "invalid value '' for key: expected at least one character; set a key with setKey()"
            case .holdsNUL: "invalid value for key: it contains a NUL character; expected a key without NUL"
            case .tooLong(let bytes):
                "invalid value for key: it needs \(bytes) bytes as a file name; expected at most \(longestName)"
            }
        }
    }

    static func name(of key: String) throws(Problem) -> String {
        if key.isEmpty { throw .empty }
        let isName = key.utf8.first != UInt8(ascii: ".") && key.utf8.allSatisfy(isPlain)
        if isName && key.utf8.count <= longestName { return key }
        var name: [UInt8] = []
        name.reserveCapacity(key.utf8.count)
        for byte in key.utf8 {
            if byte == 0 { throw .holdsNUL }
            if isPlain(byte) && !(name.isEmpty && byte == UInt8(ascii: ".")) {
                name.append(byte)
            } else {
                name += [UInt8(ascii: "%"), hexadecimal(byte >> 4), hexadecimal(byte & 15)]
            }
        }
        if name.count > longestName { throw .tooLong(bytes: name.count) }
        return String(decoding: name, as: UTF8.self)
    }

    /// The key that has this name; `nil` if no key does.
    static func key(of name: String) -> String? {
        var bytes: [UInt8] = []
        var rest = name.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        guard let key = String(validating: bytes, as: UTF8.self), (try? self.name(of: key)) == name else { return nil }
        return key
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
