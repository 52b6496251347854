import ShmCore

extension Probe {
    /// `churn TIMES LOCK`: performs every operation on a segment, in random order, while other processes do the same.
    /// Fails on an error that their operations cannot explain.
    static func churn(_ probe: Probe, _ arguments: Arguments) throws -> String {
        let shared = probe.shared
        for step in 0..<(try arguments.number(0)) {
            let name = operations.keys.randomElement() ?? ""
            do {
                try operations[name]?(shared, arguments)
            } catch let error as SharedMemoryError {
                let explained: [SharedMemoryError.Code] = [.alreadyExists, .notFound, .lockError]
                // Orderly operations of other processes cannot break a lock.
                let isExplained = explained.contains(error.code) && !error.reason.contains("does not work")
                if !isExplained { return "step \(step), \(name): \(error)" }
            }
        }
        if shared.holdsLock { try? shared.unlock() }
        if shared.isValid { try shared.detach() }
        return "done"
    }

    private static let operations: [String: @Sendable (SharedMemory, Arguments) throws -> Void] = [
        "create": { shared, arguments in
            guard let lock = LockKind(named: try arguments.text(1)) else { throw Arguments.Missing() }
            try shared.create(size: 100, lock: lock)
        },
        "attach": { shared, _ in try shared.attach() },
        "attach read-only": { shared, _ in try shared.attach(mode: .readOnly) },
        "detach": { shared, _ in try shared.detach() },
        "lock": { shared, _ in try shared.lock() },
        "try to lock": { shared, _ in _ = try shared.tryLock() },
        "lock with a timeout": { shared, _ in _ = try shared.lock(timeout: .milliseconds(1)) },
        "unlock": { shared, _ in try shared.unlock() },
        "unlock again": { shared, _ in try shared.unlock() },
        "destroy": { shared, _ in try shared.destroy() },
        "destroy by force": { shared, _ in try shared.destroy(mode: .forceNoWait) },
        "count": { shared, _ in _ = try shared.numAttachments },
        "write": { shared, _ in
            guard let data = unsafe shared.mutableData else { return }
            unsafe data[99] &+= 1
        },
    ]
}
