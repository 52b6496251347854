import Testing

@testable import ShmCoordinator

@Suite struct CountedTests {
    @Test func `a noun is plural except after 1`() {
        #expect(counted(1, "kill") == "1 kill" && counted(0, "kill") == "0 kills" && counted(2, "kill") == "2 kills")
        #expect(counted(UInt64(1), "process", "processes") == "1 process")
        #expect(counted(21, "process", "processes") == "21 processes")
    }
}
