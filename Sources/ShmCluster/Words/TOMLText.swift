internal import ShmRecord
internal import TOMLKit

/// Values as TOML files of a fleet folder, with errors in one line.
enum TOMLText {
    static func encoded<Value: Encodable>(_ value: Value, what: String) throws -> String {
        do { return try TOMLEncoder(options: []).encode(value) + "\n" } catch {
            throw Failure("cannot write \(what) as TOML: \(oneLine("\(error)"))")
        }
    }

    /// - Parameters:
    ///   - path: the file's name in messages.
    ///   - version: the only version that is read: the file's key `version`.
    static func decoded<Value: Decodable>(
        _ type: Value.Type, _ text: String, path: String, version: Int
    ) throws -> Value {
        let table: TOMLTable
        do { table = try TOMLTable(string: text) } catch let error as TOMLParseError {
            throw Failure("\(path):\(error.source.begin.line): \(oneLine(error.description))", code: .usage)
        }
        guard let found = table["version"]?.int else {
            throw Failure(
                "\(path): no key `version`: expected the file of a fleet, as `shmbench fleet` writes it", code: .usage)
        }
        guard found == version else {
            throw Failure(
                "\(path): \(Failure.invalid("\(found)", for: "version", expected: "\(version); use the shmbench that wrote it").message)",
                code: .usage)
        }
        do { return try TOMLDecoder().decode(type, from: table) } catch let error as DecodingError {
            throw Failure("\(path): \(words(error))", code: .usage)
        } catch { throw Failure("\(path): \(oneLine("\(error)"))", code: .usage) }
    }

    private static func words(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "no key `\(name(context.codingPath + [key]))`: expected the file as `shmbench fleet` writes it"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "invalid value for \(name(context.codingPath)): expected the file as `shmbench fleet` writes it"
        @unknown default: "expected the file as `shmbench fleet` writes it"
        }
    }

    private static func name(_ path: [any CodingKey]) -> String {
        let keys = path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
        return keys.isEmpty ? "a key" : keys
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
