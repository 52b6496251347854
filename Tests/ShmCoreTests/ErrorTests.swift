import ShmCore
import SystemPackage
import Testing

extension ShmCoreSuite {
    @Suite struct ErrorTests {
        let scratch = Scratch()

        @Test func `error is nil until an operation fails, and then keeps the last error`() throws {
            let shared = scratch.handle()
            #expect(shared.error == nil)
            #expect(shared.errorString == "")
            _ = (shared.exists, shared.size, shared.isValid, unsafe shared.data == nil, shared.handle)
            #expect(shared.error == nil)

            let thrown = expect(.notFound) { try shared.attach() }
            #expect(shared.error == thrown)
            try shared.create()
            try shared.attach()
            #expect(shared.error?.code == .notFound)
            expect(.alreadyExists) { try shared.attach() }
            #expect(shared.error?.code == .alreadyExists)
            #expect(shared.errorString == shared.error?.description)
        }

        @Test func `an error names the operation, the key, the cause and the errno`() throws {
            let shared = scratch.handle()
            let error = try #require(expect(.notFound) { try shared.attach() })
            #expect(error.operation == "attach to")
            #expect(error.key == shared.key)
            #expect(error.errno == .noSuchFileOrDirectory)
            #expect(error.description.hasPrefix("cannot attach to segment \"\(shared.key)\": no segment has that key"))
        }

        @Test(arguments: ["two\nlines\u{7}", String(repeating: "x", count: 5000), "\u{1b}[31mred", "nul\0"])
        func `a message is one short line for any key`(key: String) throws {
            let shared = SharedMemory(key: key)
            let error = try #require(throws: SharedMemoryError.self) { try shared.attach() }
            #expect(!error.description.contains { $0.isNewline })
            #expect(!error.description.unicodeScalars.contains { $0.properties.generalCategory == .control })
            #expect(error.description.count < 400)
            #expect(error.key == key)
        }

        @Test func `each handle has an error of its own`() {
            let (first, second) = (scratch.handle(), scratch.handle())
            expect(.notFound) { try first.attach() }
            #expect(second.error == nil)
        }
    }
}
