import ShmRender
import Testing

/// What text and Markdown say beside the rows, for programs.
@Suite(.timeLimit(.minutes(10))) struct FactsTests {
    @Test func `facts are computed for JSON and HTML alone`() throws {
        var computed: [String] = []
        for format in Renderers.all.map(\.name) {
            func facts() -> [JSONValue.Member] {
                computed.append(format)
                return [.init("verdict", .texts(["it is fast"]))]
            }
            let report = Report(
                "run", text: { _ in "" }, markdown: { "" }, records: .init(schema: 1, ["lock"], []), facts: facts())
            let text = try rendered(report, format)
            #expect(text.contains(/[Ii]t is fast/) == ["json", "html"].contains(format))
        }
        #expect(computed == ["json", "html"])
    }
}
