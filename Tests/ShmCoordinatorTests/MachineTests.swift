import Glibc
import ShmCoordinator
import Testing

@Suite(.timeLimit(.minutes(10))) struct MachineTests {
    @Test func `the description of the machine fits one line`() {
        let machine = Machine.current
        for text in [machine.hostname, machine.kernel, machine.cpuModel] {
            #expect(!text.isEmpty)
            #expect(!text.contains { $0.isNewline || $0 == "\0" })
        }
        #expect(machine.cpus >= 1)
        #expect(machine.cpus <= sysconf(Int32(_SC_NPROCESSORS_CONF)))
    }
}
