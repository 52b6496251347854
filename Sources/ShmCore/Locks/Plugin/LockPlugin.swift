internal import CShm
internal import Glibc
internal import Synchronization

/// A lock from a shared object that was written elsewhere: see `shm_lock_plugin.h`. A process can have one, which is part of
/// the catalogue from then on.
@_spi(Bench) public enum LockPlugin {
    /// The largest area that a plugin may ask for, bytes.
    private static let mostBytes = 16 << 20

    /// The longest summary, bytes.
    private static let longestSummary = 120

    /// What was loaded, for as long as the process runs.
    @safe struct Loaded: @unchecked Sendable {
        let path: String
        let description: UnsafePointer<shm_lock_plugin>
        let properties: LockProperties
    }

    private static let storage = Mutex<Loaded?>(nil)

    static var loaded: Loaded? { storage.withLock { $0 } }

    /// Whether there is one.
    public static var isLoaded: Bool { loaded != nil }

    /// Loads the shared object of that path, and checks what it says of itself.
    ///
    /// - Parameter groups: names that its lock must not have, since they stand for several locks.
    package static func load(_ path: String, groups: [String] = []) throws(LockPluginError) {
        if let loaded {
            throw LockPluginError(path, "\(loaded.path) is loaded already, and there can be one")
        }
        let found = try unsafe description(path)
        let properties = try unsafe validated(found, path, groups)
        storage.withLock { $0 = unsafe Loaded(path: path, description: found, properties: properties) }
    }

    private static func description(_ path: String) throws(LockPluginError) -> UnsafePointer<shm_lock_plugin> {
        guard unsafe access(path, F_OK) == 0 else {
            throw LockPluginError(path, "there is no such file")
        }
        // Without a slash the dynamic linker would look elsewhere.
        let place = path.contains("/") ? path : "./" + path
        guard let object = unsafe dlopen(place, RTLD_NOW | RTLD_LOCAL) else {
            throw LockPluginError(path, unsafe dlerror().map { unsafe String(cString: $0) } ?? "no shared object")
        }
        guard let symbol = unsafe dlsym(object, "shm_lock_plugin_get") else {
            throw LockPluginError(
                path, "it has no function shm_lock_plugin_get; see Sources/CShm/include/shm_lock_plugin.h")
        }
        typealias Get = @convention(c) () -> UnsafePointer<shm_lock_plugin>?
        guard let description = unsafe unsafeBitCast(symbol, to: Get.self)() else {
            throw LockPluginError(path, "its shm_lock_plugin_get returns nothing")
        }
        return unsafe description
    }

    private static func validated(
        _ plugin: UnsafePointer<shm_lock_plugin>, _ path: String, _ groups: [String]
    ) throws(LockPluginError) -> LockProperties {
        let version = unsafe plugin.pointee.abi_version
        guard version == SHM_LOCK_PLUGIN_ABI else {
            throw LockPluginError(
                path,
                "it was built for version \(version) of shm_lock_plugin.h, and this is version \(SHM_LOCK_PLUGIN_ABI); "
                    + "build it anew")
        }
        let (size, expected) = unsafe (Int(plugin.pointee.struct_size), MemoryLayout<shm_lock_plugin>.size)
        guard size == expected || size == sizeBeforeShared else {
            throw LockPluginError(path, "its struct_size is \(size) and not \(expected); build it anew")
        }
        let functions: [(String, Bool)] = unsafe [
            ("name", plugin.pointee.name != nil), ("summary", plugin.pointee.summary != nil),
            ("bytes_needed", plugin.pointee.bytes_needed != nil), ("init", plugin.pointee.`init` != nil),
            ("lock", plugin.pointee.lock != nil), ("trylock", plugin.pointee.trylock != nil),
            ("unlock", plugin.pointee.unlock != nil),
        ]
        if let missing = functions.first(where: { !$0.1 }) {
            throw LockPluginError(path, "its \(missing.0) is null")
        }
        guard unsafe (plugin.pointee.attach == nil) == (plugin.pointee.detach == nil) else {
            throw LockPluginError(path, "it has one of attach and detach; give it both or none")
        }
        let shared = unsafe sharedCalls(of: plugin)
        guard unsafe (shared.lock == nil) == (shared.unlock == nil) else {
            throw LockPluginError(path, "it has one of lock_shared and unlock_shared; give it both or none")
        }
        let name = try unsafe line(
            plugin.pointee.name.unsafelyUnwrapped, atMost: SegmentHeader.longestLockName, "name", path)
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard isName else {
            throw LockPluginError(
                path, "its name is \(name.debugDescription); names are 1 to 31 lower-case letters, digits and hyphens")
        }
        guard !LockKind.builtIn.contains(where: { $0.name == name }) else {
            throw LockPluginError(path, "its name is \(name), which is a lock of the catalogue; give it another")
        }
        guard !groups.contains(name) else {
            throw LockPluginError(path, "its name is \(name), which stands for a group of locks; give it another")
        }
        let known =
            SHM_LOCK_FIFO | SHM_LOCK_SURVIVES_OWNER | SHM_LOCK_SPINS | SHM_LOCK_ONE_PER_PROCESS | SHM_LOCK_QUEUES
        let unknown = unsafe plugin.pointee.promises & ~UInt64(known)
        guard unknown == 0 else {
            throw LockPluginError(
                path,
                "its promises have bits that mean nothing (0x\(String(unknown, radix: 16))); see shm_lock_plugin.h")
        }
        let summary = try unsafe line(
            plugin.pointee.summary.unsafelyUnwrapped, atMost: longestSummary, "summary", path)
        let bytes = unsafe plugin.pointee.bytes_needed.unsafelyUnwrapped(UInt32(SharedMemory.participantLimit))
        guard (1...mostBytes).contains(Int(clamping: bytes)) else {
            throw LockPluginError(path, "its bytes_needed says \(bytes); 1 to \(mostBytes) are possible")
        }
        return properties(
            name: name, summary: summary, promises: unsafe plugin.pointee.promises,
            hasDeadlines: unsafe plugin.pointee.lock_until != nil, sharesReaders: unsafe shared.lock != nil)
    }

    /// The size of a description from before there were readers.
    private static let sizeBeforeShared = unsafe MemoryLayout<shm_lock_plugin>.offset(of: \.lock_shared) ?? 0

    /// The functions for readers; none where the plugin was built before there were any.
    static func sharedCalls(
        of plugin: UnsafePointer<shm_lock_plugin>
    ) -> (lock: PluginLock.Operation?, unlock: PluginLock.Release?) {
        guard unsafe Int(plugin.pointee.struct_size) > sizeBeforeShared else { return (nil, nil) }
        return unsafe (plugin.pointee.lock_shared, plugin.pointee.unlock_shared)
    }

    /// A string as it is safe to print: of bounded length, UTF-8, without control characters.
    private static func line(
        _ string: UnsafePointer<CChar>, atMost limit: Int, _ what: String, _ path: String
    ) throws(LockPluginError) -> String {
        guard unsafe strnlen(string, limit + 1) <= limit else {
            throw LockPluginError(path, "its \(what) is longer than \(limit) bytes")
        }
        guard let text = unsafe String(validatingCString: string),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw LockPluginError(path, "its \(what) is not one line of UTF-8 text") }
        return text
    }

    private static func properties(
        name: String, summary: String, promises: UInt64, hasDeadlines: Bool, sharesReaders: Bool
    ) -> LockProperties {
        func has(_ flag: Int) -> Bool { promises & UInt64(flag) != 0 }
        return LockProperties(
            name: name, family: .plugin, waiting: has(SHM_LOCK_SPINS) ? .spins : .blocks,
            fairness: has(SHM_LOCK_FIFO) ? .fifo : .barging,
            ownerDeath: has(SHM_LOCK_SURVIVES_OWNER) ? .reported : .hangs,
            threads: !has(SHM_LOCK_ONE_PER_PROCESS), pollsUntilDeadline: !hasDeadlines,
            sharesReaders: sharesReaders, survivesWaiterDeath: !has(SHM_LOCK_QUEUES), summary: summary)
    }
}

/// Why a plugin cannot be loaded: one line that says what to do.
package struct LockPluginError: Error, CustomStringConvertible {
    /// The line.
    package let description: String

    /// An error with a plugin's file.
    package init(_ path: String, _ reason: String) {
        description = "cannot load the lock plugin \(path): \(reason)"
    }
}
