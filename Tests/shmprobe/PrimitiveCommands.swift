import Glibc
@_spi(Bench) import ShmCore

extension Probe {
    /// The primitive itself, without the handle. `join` comes first.
    static var primitiveCommands: [String: Command] {
        [
            "join": { probe, _ in
                if !probe.shared.isValid { try probe.shared.attach() }
                probe.primitive = try Primitive(probe.shared)
                return ""
            },
            "leave": { probe, _ in
                probe.primitive = nil
                return ""
            },
            "primitive-lock": { probe, _ in "\(try probe.joined().lock())" },
            "primitive-try": { probe, _ in "\(try probe.joined().tryLock())" },
            "primitive-within": { probe, arguments in
                let start = Deadline.now.nanoseconds
                let outcome = try probe.joined().lockUntil(.after(.milliseconds(try arguments.number(0))))
                return "\(outcome) \((Deadline.now.nanoseconds - start) / 1_000_000)"
            },
            "primitive-unlock": { probe, _ in
                try probe.joined().unlock()
                return ""
            },
            "try-many": { probe, arguments in try probe.tryMany(try arguments.number(0)) },
            "enqueue": { probe, arguments in try probe.enqueue(try arguments.number(0), timed: arguments.has(1)) },
            "pass-on": { probe, arguments in
                try probe.joined().unlock()
                return try probe.enqueue(try arguments.number(0), timed: arguments.has(1))
            },
            "come-and-go": { probe, arguments in
                try probe.comeAndGo(try arguments.number(0))
                return ""
            },
            "hold-many": { probe, arguments in
                if !probe.shared.isValid { try probe.shared.attach() }
                for _ in 0..<(try arguments.number(0)) {
                    let primitive = try Primitive(probe.shared)
                    guard primitive.lock() == .acquired else { throw Unexpected(what: "the lock was not acquired") }
                    primitive.unlock()
                    probe.primitives.append(primitive)
                }
                return ""
            },
            // A second participant of this process, while the first holds the lock.
            "try-twice": { probe, _ in
                let second = try Primitive(probe.shared)
                guard try probe.joined().lock() == .acquired else { throw Unexpected(what: "a taken lock") }
                let outcome = second.tryLock()
                if outcome.isHeld { second.unlock() }
                try probe.joined().unlock()
                return "\(outcome)"
            },
        ]
    }

    private func joined() throws -> Primitive {
        guard let primitive else { throw Unexpected(what: "a command before `join`") }
        return primitive
    }

    /// Tries a lock that another process holds, through the primitive and through the handle; returns how often this
    /// process gave up its CPU meanwhile.
    private func tryMany(_ count: Int) throws -> String {
        let primitive = try joined()
        let before = Self.voluntarySwitches
        for _ in 0..<count {
            guard primitive.tryLock() == .busy else { throw Unexpected(what: "a held lock was acquired") }
            guard try shared.tryLock() == nil else { throw Unexpected(what: "a held lock was acquired") }
        }
        return "\(Self.voluntarySwitches - before)"
    }

    private static var voluntarySwitches: Int {
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_nvcsw
    }

    /// Waits for the lock, and appends that place to the log of grants: their count in word 16, the places from word 17
    /// on.
    private func enqueue(_ place: Int, timed: Bool) throws -> String {
        let primitive = try joined()
        let outcome = timed ? primitive.lockUntil(.after(.seconds(30))) : primitive.lock()
        guard outcome == .acquired else { throw Unexpected(what: "\(outcome)") }
        let words = Words(shared)
        let granted = Int(words.load(16))
        words.store(UInt32(place), at: 17 + granted)
        words.store(UInt32(granted + 1), at: 16)
        primitive.unlock()
        return ""
    }

    /// That many participants, one after the other, every eighth through a handle of its own.
    private func comeAndGo(_ count: Int) throws {
        if !shared.isValid { try shared.attach() }
        for index in 0..<count {
            let other = index.isMultiple(of: 8) ? SharedMemory(key: key) : nil
            try other?.attach()
            let face: Face = if let other { .handle(other) } else { .primitive(try Primitive(shared)) }
            guard try face.lock() == false else {
                throw Unexpected(what: "participant \(index): not a plain acquisition")
            }
            try face.unlock()
            guard try face.tryLock() == false else {
                throw Unexpected(what: "participant \(index): a free lock is taken")
            }
            try face.unlock()
            try other?.detach()
        }
    }
}
