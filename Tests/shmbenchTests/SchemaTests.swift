import Foundation
import ShmCoordinator
import Testing

@testable import ShmRender
@testable import shmbench

extension CommandLineSuite.Inputs {
    /// JSON Schemas, and the documents of real commands.
    @Suite struct SchemaTests {
        private func output(_ arguments: [String], in folder: Folder? = nil, allowing codes: [Int32] = [0]) throws
            -> String
        {
            let outcome = try Invocation(arguments, in: folder).finish(within: .seconds(60))
            #expect(codes.map { .code($0) }.contains(outcome.exit), "\(outcome.stderr)")
            return outcome.stdout
        }

        @Test(arguments: [
            (["run", "--locks", "none,futex", "--workers", "1,2", "--rounds", "2", "--output", "x.json"], "run"),
            (
                ["run", "--locks", "futex", "--workers", "2", "--rate", "20k", "--rounds", "1", "--output", "x.csv"],
                "run"
            ),
            (
                [
                    "run", "--locks", "robust-futex", "--workers", "2", "--kills", "2", "--rounds", "1", "--output",
                    "x.csv",
                ], "run"
            ),
            (
                [
                    "run", "--find-capacity", "--locks", "futex", "--workers", "2", "--rounds", "1", "--output",
                    "x.csv",
                ], "run"
            ),
            (["stress", "--locks", "futex,none", "--faults", "kill-holder,interrupt", "--episodes", "1"], "stress"),
            (["lifecycle", "--samples", "5", "--attachments", "1"], "lifecycle"),
            (["doctor"], "doctor"), (["segments"], "segments"), (["list"], "list"), (["schema"], "schema"),
            (["schema", "run", "--format", "table"], ""),
        ])
        func `what a command prints is valid`(arguments: [String], document: String) throws {
            if document.isEmpty { return #expect(try output(arguments).contains("throughput_per_s  (number, 1/s)")) }
            let short = arguments[0] == "run" ? ["--duration", "10ms", "--warmup", "1ms"] : []
            let folder = try Folder()
            let text = try output(arguments + short + ["--format", "json"], in: folder)
            try expectValid(text, document)
            if folder.names.contains("x.json") { try expectValid(folder.text("x.json"), document) }
        }

        @Test func `what report and compare print of results files is valid`() throws {
            let folder = try Folder()
            for name in ["a.csv", "b.csv"] {
                _ = try output(
                    [
                        "run", "--locks", "none,robust-futex", "--workers", "1,2", "--rounds", "8", "--duration",
                        "10ms", "--warmup", "1ms", "--output", name, "--history", "h.db",
                    ], in: folder)
            }
            try expectValid(output(["report", "a.csv", "b.csv", "--format", "json"], in: folder), "report")
            let files = ["compare", "a.csv", "b.csv", "--format", "json"]
            try expectValid(output(files, in: folder, allowing: [0, 1, 2]), "compare")
            try expectValid(output(["history", "h.db", "--format", "json"], in: folder), "history")
            try expectValid(
                output(["history", "h.db", "--metric", "p99", "--format", "json"], in: folder), "history-series")
        }

        @Test(arguments: ProgramDocuments.all.map(\.name) + ["check"])
        func `schema prints a versioned schema for each document`(name: String) throws {
            let text = try output(["schema", name])
            #expect(!text.contains("\"description\": null") && text.contains("\"description\": \""))
            let schema = try JSONNode(text)
            #expect(schema["$schema"] == .text("https://json-schema.org/draft/2020-12/schema"))
            #expect(schema["$id"] == .text("urn:shmbench:\(name == "check" ? "compare" : name):1"))
            let description = try #require(ProgramDocuments.named(name))
            #expect(try JSONNode(output(["schema", name, "--format", "json"])) == schema)
            let table = try Table(output(["schema", name, "--format", "csv"]))
            #expect(table.rows.map { $0["column"] } == description.columns.map(\.name))
            #expect(table.rows.allSatisfy { $0["meaning"]?.isEmpty == false })
        }

        @Test func `an unknown document is a usage error with the nearest name`() throws {
            let outcome = try Invocation(["schema", "reprot"]).finish()
            #expect(outcome.exit == .code(64))
            #expect(outcome.stderr.contains("invalid value 'reprot' for <document>: expected one of run, "))
            #expect(outcome.stderr.contains("did you mean `report`?"), "\(outcome.stderr)")
        }

        @Test func `every document begins with the column schema`() {
            for document in ProgramDocuments.all {
                #expect(document.columns.first?.name == "schema", "\(document.name)")
            }
        }
    }
}

/// The validator of the tests: it rejects documents that the schema does not describe.
@Suite(.timeLimit(.minutes(10))) struct JSONSchemaCheckTests {
    private static let document = """
        {"schema":1,"rows":[{"schema":1,"weight":"ok","subject":"a","finding":"b","advice":null}],"verdict":[]}
        """

    private static func findings(_ text: String) throws -> [String] {
        let description = try #require(ProgramDocuments.named("doctor"))
        return JSONSchemaCheck.findings(
            try JSONNode(text), try JSONNode(JSON.text(JSONSchema.document(description))))
    }

    @Test func `a valid document has no findings`() throws { #expect(try Self.findings(Self.document) == []) }

    @Test(arguments: [
        ("a missing column", "\"finding\":\"b\",", "", "$.rows[0] lacks finding"),
        ("a wrong type", "\"finding\":\"b\"", "\"finding\":7", "$.rows[0].finding is number(7.0): expected string"),
        ("null where a value must be", "\"subject\":\"a\"", "\"subject\":null", "$.rows[0].subject is null"),
        ("an unknown word", "\"ok\"", "\"fine\"", "$.rows[0].weight is text(\"fine\")"),
        ("another schema", "{\"schema\":1,\"rows\"", "{\"schema\":2,\"rows\"", "$.schema is number(2.0)"),
        ("a boolean for a number", "{\"schema\":1,\"w", "{\"schema\":true,\"w", "$.rows[0].schema is boolean(true)"),
        ("no verdict", ",\"verdict\":[]", "", "$ lacks verdict"),
        ("an unknown member", "\"verdict\":[]", "\"verdict\":[],\"x\":1", "$ has an unknown x"),
        ("an unknown column", "\"finding\":\"b\"", "\"finding\":\"b\",\"x\":1", "$.rows[0] has an unknown x"),
    ])
    func `a wrong document is rejected`(name: String, old: String, new: String, finding: String) throws {
        let wrong = Self.document.replacing(old, with: new)
        try #require(wrong != Self.document)
        let findings = try Self.findings(wrong)
        #expect(findings.count == 1 && findings[0].contains(finding), "\(findings)")
    }

    /// The members that each document always has beside `schema` and `rows`.
    private static let required: [(document: String, members: [String])] = [
        ("run", ["requested", "complete", "summary", "warnings", "verdict"]),
        ("report", ["complete", "warnings", "verdict"]),
        ("compare", ["complete", "warnings", "verdict", "notes"]),
        ("fleet-compare", ["complete", "warnings", "verdict"]),
        ("crash", ["requested", "complete", "warnings", "verdict"]),
        ("stress", ["requested", "complete", "warnings", "verdict"]),
        ("lifecycle", ["requested", "complete", "warnings", "verdict"]),
        ("history", []), ("history-series", ["verdict"]), ("list", []), ("list-names", []), ("doctor", ["verdict"]),
        ("segments", ["verdict"]), ("schema", []), ("schema-columns", []),
    ]

    @Test func `all documents are among these`() {
        #expect(Self.required.map(\.document) == ProgramDocuments.all.map(\.name))
    }

    @Test(arguments: required)
    func `a document without a key that it always has is rejected, and one with an unknown key`(
        document: String, members: [String]
    ) throws {
        let description = try #require(ProgramDocuments.named(document))
        let schema = try JSONNode(JSON.text(JSONSchema.document(description)))
        let required = schema["required"]?.elements.compactMap(\.text)
        #expect(required == ["schema", "rows"] + members)
        let sample = Self.sample(schema)
        #expect(JSONSchemaCheck.findings(sample, schema) == [])
        for name in required ?? [] {
            var less = sample.members
            less[name] = nil
            #expect(JSONSchemaCheck.findings(.object(less), schema) == ["$ lacks \(name)"])
        }
        var more = sample.members
        more["x"] = .null
        #expect(JSONSchemaCheck.findings(.object(more), schema) == ["$ has an unknown x"])
    }

    /// The least document of a schema.
    private static func sample(_ schema: JSONNode) -> JSONNode {
        if let constant = schema["const"] { return constant }
        if let first = schema["enum"]?.elements.first { return first }
        let type = schema["type"]?.text ?? schema["type"]?.elements.first?.text
        switch type {
        case "object":
            let names = schema["required"]?.elements.compactMap(\.text) ?? []
            return .object(
                Dictionary(uniqueKeysWithValues: names.map { ($0, sample(schema["properties"]?[$0] ?? .null)) }))
        case "array": return .array([])
        case "string": return .text("a")
        case "boolean": return .boolean(true)
        default: return .number(1)
        }
    }

    @Test func `types keep booleans, whole numbers and texts apart`() throws {
        func findings(_ type: String, _ value: String) throws -> [String] {
            JSONSchemaCheck.findings(try JSONNode(value), try JSONNode("{\"type\":\"\(type)\"}"))
        }
        #expect(try findings("integer", "2.0") == [] && findings("number", "2.5") == [])
        for (type, value) in [("integer", "2.5"), ("boolean", "\"yes\""), ("boolean", "1"), ("number", "true")] {
            #expect(try findings(type, value).count == 1, "\(type) \(value)")
        }
        #expect(try JSONSchemaCheck.findings(.null, JSONNode("{\"oneOf\":[]}")).count == 1)
    }
}
