import Foundation

/// A JSON value that keeps booleans apart from numbers.
indirect enum JSONNode: Decodable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case array([JSONNode])
    case object([String: JSONNode])

    init(_ text: String) throws { self = try JSONDecoder().decode(JSONNode.self, from: Data(text.utf8)) }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let isTrue = try? value.decode(Bool.self) {
            self = .boolean(isTrue)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let values = try? value.decode([JSONNode].self) {
            self = .array(values)
        } else {
            self = .object(try value.decode([String: JSONNode].self))
        }
    }

    subscript(_ name: String) -> JSONNode? { if case .object(let members) = self { members[name] } else { nil } }

    var members: [String: JSONNode] { if case .object(let members) = self { members } else { [:] } }

    var elements: [JSONNode] { if case .array(let values) = self { values } else { [] } }

    var text: String? { if case .text(let text) = self { text } else { nil } }
}
