import Glibc
import Synchronization

@testable import ShmCore

/// The resources of one test, all removed at its end: unique keys, handles and processes. A suite holds one, so each of
/// its tests has its own.
final class Scratch {
    private static let counter = Atomic<Int>(0)

    private var keys: [String] = []
    private var handles: [SharedMemory] = []
    private var probes: [Probe] = []
    private var objects: [String] = []
    private var semaphoreSets: [Int32] = []

    /// A key that no other test and no other run uses.
    func key(_ suffix: String = "") -> String {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        let key = "shmcore-test-\(getpid())-\(number)\(suffix)"
        keys.append(key)
        return key
    }

    /// Also removes the segment of that key at the end.
    func cleanUp(_ key: String) { keys.append(key) }

    /// Removes a segment's name, as `rm` does; the lock's objects outside it are removed at the end.
    func removeName(of shared: SharedMemory) {
        if let name = ControlBlock.nameOutside(shared.key), NamedObject.isName(name) { objects.append(name) }
        if shared.lockKind?.properties.kernelObject == "semaphore set", let set = ControlBlock.semaphoreSet(shared.key)
        {
            semaphoreSets.append(set)
        }
        RawFile.remove(shared.key)
    }

    /// A handle for a key, by default a new key.
    func handle(_ key: String? = nil) -> SharedMemory {
        let handle = SharedMemory(key: key ?? self.key())
        handles.append(handle)
        return handle
    }

    /// A handle for a new segment.
    func segment(size: Int = 128, lock: LockKind = .default) throws -> SharedMemory {
        let handle = handle()
        try handle.create(size: size, lock: lock)
        return handle
    }

    /// Another process with a handle for that segment.
    func probe(_ key: String, through wrapper: [String] = [], settings: [String] = []) throws -> Probe {
        let probe = try Probe(key: key, through: wrapper, settings: settings)
        probes.append(probe)
        return probe
    }

    func probe(_ shared: SharedMemory) throws -> Probe { try probe(shared.key) }

    /// Several such processes.
    func probes(_ count: Int, _ shared: SharedMemory) throws -> [Probe] {
        try (0..<count).map { _ in try probe(shared) }
    }

    deinit {
        for probe in probes { probe.kill() }
        for handle in handles {
            if handle.holdsLock { try? handle.unlock() }
            if handle.isValid { try? handle.detach() }
        }
        for key in keys {
            try? SharedMemory(key: key).destroy(mode: .forceNoWait)
            RawFile.remove(key)
        }
        for name in objects { NamedObjects.remove(name) }
        for set in semaphoreSets { SemaphoreSets.remove(set) }
    }
}
