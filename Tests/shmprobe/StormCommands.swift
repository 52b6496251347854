import CBench
import CShm
import Glibc
import ShmCore

extension Probe {
    /// Many processes that repeat one operation on one key and detect two owners.
    static var stormCommands: [String: Command] {
        [
            // `create-lock-destroy TIMES LOCK`, as an orderly program does it.
            "create-lock-destroy": { probe, arguments in
                guard let lock = LockKind(named: try arguments.text(1)) else { throw Arguments.Missing() }
                return try probe.repeatedly(try arguments.number(0)) { shared in
                    if Bool.random() { try shared.create(size: 64, lock: lock) }
                    if Bool.random() { try shared.attach() }
                    defer { if shared.isValid { try? shared.detach() } }
                    try shared.lock()
                    try probe.work(in: shared)
                    if Bool.random() { try shared.destroy() } else { try shared.unlock() }
                }
            },
            // `use TIMES`: through one handle, with any segment of that name.
            "use": { probe, arguments in
                try probe.repeatedly(try arguments.number(0)) { shared in
                    if Bool.random() { try shared.attach() }
                    defer { if shared.isValid { try? shared.detach() } }
                    switch Int.random(in: 0..<3) {
                    case 0: try shared.lock()
                    case 1: if try shared.tryLock() == nil { return }
                    default: if try shared.lock(timeout: .milliseconds(2)) == nil { return }
                    }
                    try probe.work(in: shared)
                    try shared.unlock()
                }
            },
            // `replace TIMES LOCK`: removes the file as `rm` does, and creates a new segment of that name.
            "replace": { probe, arguments in
                guard let lock = LockKind(named: try arguments.text(1)) else { throw Arguments.Missing() }
                return try probe.repeatedly(try arguments.number(0)) { shared in
                    unsafe _ = unlink("/dev/shm/\(shared.key)")
                    try shared.create(size: 64, lock: lock)
                    usleep(.random(in: 0..<200))
                }
            },
            // `fork-storm TIMES`: children that return from their parent's critical section, and children that lock for
            // themselves.
            "fork-storm": { probe, arguments in try probe.forkStorm(try arguments.number(0)) },
        ]
    }

    private struct TwoOwners: Error {}

    /// Inside the lock: the data of the locked segment name one owner at a time.
    private func work(in shared: SharedMemory) throws {
        let wasAttached = shared.isValid
        if !wasAttached { try shared.attach() }
        guard let data = unsafe shared.mutableData else { throw TwoOwners() }
        let before = unsafe data.load(as: Int32.self)
        unsafe data.storeBytes(of: getpid(), as: Int32.self)
        for _ in 0..<Int.random(in: 0..<200) { shm_cpu_relax() }
        let after = unsafe data.load(as: Int32.self)
        unsafe data.storeBytes(of: 0, as: Int32.self)
        if !wasAttached { try shared.detach() }
        if before != 0 || after != getpid() { throw TwoOwners() }
    }

    /// Fails on two owners, and on an error that the others' operations do not explain.
    private func repeatedly(_ times: Int, _ body: (SharedMemory) throws -> Void) throws -> String {
        var done = 0
        for step in 0..<times {
            do {
                try body(shared)
                done += 1
            } catch let error as SharedMemoryError {
                if shared.holdsLock { try? shared.unlock() }
                let isDoing =
                    switch error.code {
                    case .alreadyExists: error.reason.contains("exists")
                    case .notFound: true
                    case .lockError: ["destroyed", "no segment", "died while"].contains { error.reason.contains($0) }
                    default: false
                    }
                if !isDoing { return "step \(step): \(error)" }
            } catch {
                return "step \(step): \(error)"
            }
        }
        return "done \(done)"
    }

    private func forkStorm(_ times: Int) throws -> String {
        if !shared.isValid { try shared.attach() }
        for step in 0..<times {
            let isInside = step % 2 == 0
            if isInside {
                if try shared.lock() != .released { return "step \(step): a report of a death that did not happen" }
                try work(in: shared)
            }
            let child = forkProcess()
            if child == 0 {
                _ = bench_die_with_parent()
                if isInside {
                    do { try shared.unlock() } catch { _exit(shared.holdsLock ? 2 : 0) }
                    _exit(1)
                }
                guard (try? shared.lock()) == .released, (try? work(in: shared)) != nil, (try? shared.unlock()) != nil
                else {
                    _exit(3)
                }
                _exit(0)
            }
            guard child > 0 else { return "step \(step): no child" }
            var status: CInt = 0
            while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
            if isInside {
                if unsafe shared.mutableData?.load(as: Int32.self) != 0 {
                    return "step \(step): another process entered"
                }
                try shared.unlock()
            }
            if status != 0 { return "step \(step): the child ended with \(status >> 8), signal \(status & 0x7f)" }
        }
        return "done"
    }
}
