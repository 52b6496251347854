import Testing

@testable import ShmRender
@testable import shmbench

/// Expects JSON to be valid by the schema of a document, and to have no member that the schema does not describe.
func expectValid(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let description = try #require(ProgramDocuments.named(name), sourceLocation: sourceLocation)
    let schema = try JSONNode(JSON.text(JSONSchema.document(description)))
    let document = try JSONNode(text)
    #expect(JSONSchemaCheck.findings(document, schema) == [], sourceLocation: sourceLocation)
    let known = schema["properties"]?.members.keys.map { $0 } ?? []
    #expect(document.members.keys.filter { !known.contains($0) } == [], sourceLocation: sourceLocation)
    let columns = description.columns.map(\.name).sorted()
    for row in document["rows"]?.elements ?? [] {
        #expect(row.members.keys.sorted() == columns, sourceLocation: sourceLocation)
    }
}
