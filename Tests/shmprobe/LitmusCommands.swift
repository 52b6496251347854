import CBench
import CLitmus
import CShm
import ShmCore
import SystemPackage

extension Probe {
    /// One side of a litmus test, and what decides whether memory barriers reach this process.
    static var litmusCommands: [String: Command] {
        [
            // `litmus CPU SIDE PAIR FENCE ROUNDS MILLISECONDS ENOUGH` on the segment's data. The answer is the numbers of
            // rounds and of outcomes.
            "litmus": { probe, arguments in try probe.litmus(arguments) },
            "register-membarrier": { _, _ in
                let failure = shm_membarrier_register()
                if failure < 0 { throw Errno(rawValue: -failure) }
                return ""
            },
            // `refuse-membarrier ERRNO`: as the seccomp filter of a container would.
            "refuse-membarrier": { _, arguments in
                try refuse(membarrier, errno: UInt32(try arguments.number(0)))
                return ""
            },
            "membarrier-obstacle": { _, _ in
                Membarrier.obstacle.map { "\($0.errno.rawValue) \($0.reason)" } ?? "none"
            },
        ]
    }

    #if arch(x86_64)
        private static var membarrier: UInt32 { 324 }
    #else
        private static var membarrier: UInt32 { 283 }
    #endif

    private func litmus(_ arguments: Arguments) throws -> String {
        if !shared.isValid { try shared.attach() }
        let pinned = bench_pin_to_cpu(CInt(try arguments.number(0)))
        guard pinned == 0 else { throw Errno(rawValue: -pinned) }
        guard let memory = unsafe shared.mutableData?.baseAddress?.alignedUp(toMultipleOf: 128) else {
            throw Unexpected(what: "no data")
        }
        let plan = litmus_plan(
            side: CInt(try arguments.number(1)), pair: CInt(try arguments.number(2)),
            fence: CInt(try arguments.number(3)), rounds: Int64(try arguments.number(4)),
            limit: Int64(try arguments.number(5)) * 1_000_000, enough: Int64(try arguments.number(6)))
        var found: Int64 = 0
        let rounds = unsafe litmus_run(memory, plan, &found)
        guard rounds > 0 else { throw Errno(rawValue: CInt(-rounds)) }
        return "\(rounds) \(found)"
    }
}
