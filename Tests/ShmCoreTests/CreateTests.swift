import Glibc
import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct CreateTests {
        let scratch = Scratch()

        @Test func `a new segment is filled with zeros`() throws {
            let shared = try scratch.segment(size: 10_000)
            try shared.attach()
            try shared.withBytes { bytes in
                #expect(bytes.byteCount == 10_000)
                let ones = unsafe bytes.withUnsafeBytes { unsafe $0.count { $0 != 0 } }
                #expect(ones == 0)
            }
        }
    }
}
