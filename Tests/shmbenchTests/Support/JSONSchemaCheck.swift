/// Validates JSON by a schema: by the keywords that the program's schemas use. Another keyword is a finding.
enum JSONSchemaCheck {
    private static let annotations: Set<String> = ["$schema", "$id", "title", "description", "unit"]

    /// The violations, each with its place; none if the document is valid.
    static func findings(_ value: JSONNode, _ schema: JSONNode, at place: String = "$") -> [String] {
        schema.members.filter { !annotations.contains($0.key) }.flatMap { keyword, content -> [String] in
            switch (keyword, content) {
            case ("type", .text(let name)): return has(value, [name], place)
            case ("type", .array(let names)): return has(value, names.compactMap(\.text), place)
            case ("const", let constant): return value == constant ? [] : ["\(place) is \(value), not \(constant)"]
            case ("enum", .array(let values)): return values.contains(value) ? [] : ["\(place) is \(value)"]
            case ("minimum", .number(let least)):
                if case .number(let number) = value, number < least { return ["\(place) is \(number)"] }
                return []
            case ("required", .array(let names)):
                return names.compactMap(\.text).filter { value[$0] == nil }.map { "\(place) lacks \($0)" }
            case ("properties", .object(let properties)):
                return properties.flatMap { name, schema in
                    value[name].map { findings($0, schema, at: "\(place).\(name)") } ?? []
                }
            case ("additionalProperties", .boolean(false)):
                let known = schema["properties"]?.members ?? [:]
                return value.members.keys.filter { known[$0] == nil }.sorted().map { "\(place) has an unknown \($0)" }
            case ("items", let items):
                return value.elements.enumerated().flatMap { findings($1, items, at: "\(place)[\($0)]") }
            default: return ["\(place): the schema has an unknown keyword \(keyword)"]
            }
        }
    }

    private static func has(_ value: JSONNode, _ types: [String], _ place: String) -> [String] {
        let isOne = types.contains { type in
            switch (type, value) {
            case ("null", .null), ("boolean", .boolean), ("number", .number), ("string", .text), ("array", .array),
                ("object", .object):
                true
            case ("integer", .number(let number)): number == number.rounded()
            default: false
            }
        }
        return isOne ? [] : ["\(place) is \(value): expected \(types.joined(separator: " or "))"]
    }
}
