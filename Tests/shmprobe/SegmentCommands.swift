@_spi(Bench) import ShmCore
import SystemPackage

extension Probe {
    /// The library's own operations, one command each.
    static var segmentCommands: [String: Command] {
        [
            "load-plugin": { _, arguments in
                try LockPlugin.load(try arguments.text(0))
                return ""
            },
            "create": { probe, arguments in
                try probe.create(arguments)
                return ""
            },
            "attach": { probe, arguments in
                try probe.shared.attach(mode: try arguments.text(0) == "readOnly" ? .readOnly : .readWrite)
                return ""
            },
            "attach-many": { probe, arguments in
                for _ in 0..<(try arguments.number(0)) {
                    let other = SharedMemory(key: probe.key)
                    try other.attach()
                    probe.others.append(other)
                }
                return ""
            },
            "detach": { probe, _ in
                try probe.shared.detach()
                return ""
            },
            "lock": { probe, _ in "\(try probe.shared.lock())" },
            "trylock": { probe, _ in try probe.shared.tryLock().map { "\($0)" } ?? "busy" },
            "lock-within": { probe, arguments in
                let timeout = Duration.milliseconds(try arguments.number(0))
                return try probe.shared.lock(timeout: timeout).map { "\($0)" } ?? "busy"
            },
            "unlock": { probe, _ in
                try probe.shared.unlock()
                return ""
            },
            "destroy": { probe, arguments in
                let modes: [String: SharedMemory.DestroyMode] = [
                    "noWait": .noWait, "forceNoWait": .forceNoWait, "wait": .wait,
                ]
                guard let mode = modes[try arguments.text(0)] else { throw Arguments.Missing() }
                try probe.shared.destroy(mode: mode)
                return ""
            },
            "holds": { probe, _ in "\(probe.shared.holdsLock)" },
            "exists": { probe, _ in "\(probe.shared.exists)" },
            "size": { probe, _ in "\(probe.shared.size)" },
            "count": { probe, _ in "\(try probe.shared.numAttachments)" },
            "peek": { probe, arguments in
                guard let data = unsafe probe.shared.data else { return "unattached" }
                return unsafe "\(data[try arguments.number(0)])"
            },
            // Without the library's checks: as a C program would use the pointer.
            "poke": { probe, arguments in
                guard let start = unsafe probe.shared.data?.baseAddress else { return "unattached" }
                let place = unsafe UnsafeMutableRawPointer(mutating: start + (try arguments.number(0)))
                unsafe place.storeBytes(of: UInt8(try arguments.number(1)), as: UInt8.self)
                return ""
            },
            "inspect": { probe, _ in probe.inspect() },
        ]
    }

    /// `create SIZE LOCK [PERMISSIONS]`.
    func create(_ arguments: Arguments) throws {
        guard let lock = LockKind(named: try arguments.text(1)) else { throw Arguments.Missing() }
        let permissions = arguments.has(2) ? try arguments.number(2, radix: 8) : 0o600
        try shared.create(
            size: try arguments.number(0), permissions: FilePermissions(rawValue: UInt32(permissions)), lock: lock)
    }

    /// All queries on a segment in unknown condition, through a handle of its own: whether it attached, whether it
    /// locked, its size, whether it exists.
    private func inspect() -> String {
        let found = SharedMemory(key: key)
        var findings: [String] = []
        do {
            try found.attach()
            findings.append("attached")
        } catch { findings.append("\(error.code)") }
        do {
            let acquisition = try found.tryLock()
            findings.append(acquisition == nil ? "busy" : "locked")
            if acquisition != nil { try found.unlock() }
        } catch { findings.append("\(error.code)") }
        let size = found.size
        findings += ["\(size)", "\(found.exists)"]
        if let data = unsafe found.mutableData {
            // Every byte of the size can be read.
            for index in data.indices { unsafe data[index] &+= 1 }
        }
        if found.isValid { try? found.detach() }
        return findings.joined(separator: " ")
    }
}
