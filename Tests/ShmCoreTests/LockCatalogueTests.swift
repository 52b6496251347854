import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct LockCatalogueTests {
        @Test func `names are unique, fit the header and identify their kind`() {
            #expect(Set(LockKind.all.map(\.name)).count == LockKind.all.count)
            for kind in LockKind.all {
                #expect(!kind.name.isEmpty && kind.name.utf8.count <= 31)
                #expect(kind.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") })
                #expect(LockKind(named: kind.name) == kind)
                #expect(!kind.properties.summary.isEmpty)
            }
            #expect(LockKind(named: "no-such-lock") == nil)
            #expect(LockKind(named: "") == nil)
        }

        @Test func `the default survives its owner's death`() {
            #expect(LockKind.default.properties.survivesOwnerDeath)
            #expect(LockKind.default.properties.excludes)
        }

        @Test func `the controls are the only kinds that do not exclude`() {
            #expect(LockKind.all.filter { !$0.properties.excludes } == [.noLock, .atomicAdd])
        }
    }
}
