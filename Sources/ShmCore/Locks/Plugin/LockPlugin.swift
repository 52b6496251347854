internal import CShm
internal import Glibc
internal import Synchronization

/// Loads a lock from a shared object; `shm_lock_plugin.h` is its interface. A process can load one plugin, which then
/// belongs to its catalogue.
@_spi(Bench) public enum LockPlugin {
    /// The largest area that a plugin may request, in bytes.
    private static let mostBytes = 16 << 20

    /// The longest summary, in bytes.
    private static let longestSummary = 120

    /// A loaded plugin. It is never unloaded.
    @safe struct Loaded: @unchecked Sendable {
        let path: String
        let description: UnsafePointer<shm_lock_plugin>
        let properties: LockProperties
    }

    private static let storage = Mutex<Loaded?>(nil)

    static var loaded: Loaded? { storage.withLock { $0 } }

    /// Whether a plugin is loaded.
    public static var isLoaded: Bool { loaded != nil }

    /// Whether the loaded plugin has something to remove when a segment is destroyed.
    package static var keepsObjects: Bool { unsafe loaded?.description.pointee.retire != nil }

    /// Loads the shared object at `path` and validates its description.
    ///
    /// - Parameter groups: names that the lock must not have, because each of them selects several locks.
    package static func load(_ path: String, groups: [String] = []) throws(LockPluginError) {
        if let loaded {
            throw LockPluginError(path, "\(loaded.path) is already loaded; a process can load one plugin")
        }
        let found = try unsafe description(path)
        let properties = try unsafe validated(found, path, groups)
        storage.withLock { $0 = unsafe Loaded(path: path, description: found, properties: properties) }
    }

    private static func description(_ path: String) throws(LockPluginError) -> UnsafePointer<shm_lock_plugin> {
        guard unsafe access(path, F_OK) == 0 else {
            throw LockPluginError(path, "no such file; expected the path of a shared object")
        }
        // Without a slash the dynamic linker would search its library path.
        let file = path.contains("/") ? path : "./" + path
        guard let object = unsafe dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
            let message = unsafe dlerror().map { unsafe String(cString: $0) }
            // dlerror(3) repeats the path, if the file itself is the cause and not a library that it needs.
            let repeated = "\(file): "
            let reason = message.map { $0.hasPrefix(repeated) ? String($0.dropFirst(repeated.count)) : $0 }
            throw LockPluginError(path, reason ?? "not a shared object: expected one that exports shm_lock_plugin_get")
        }
        guard let symbol = unsafe dlsym(object, "shm_lock_plugin_get") else {
            throw LockPluginError(
                path, "it has no function shm_lock_plugin_get; see Sources/CShm/include/shm_lock_plugin.h")
        }
        typealias Get = @convention(c) () -> UnsafePointer<shm_lock_plugin>?
        guard let description = unsafe unsafeBitCast(symbol, to: Get.self)() else {
            throw LockPluginError(path, "its shm_lock_plugin_get returns NULL; expected a description")
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
                "invalid abi_version \(version): expected \(SHM_LOCK_PLUGIN_ABI); "
                    + "rebuild it with this version's shm_lock_plugin.h")
        }
        let (size, expected) = unsafe (Int(plugin.pointee.struct_size), MemoryLayout<shm_lock_plugin>.size)
        guard size == expected || size == sizeBeforeShared else {
            throw LockPluginError(path, "invalid struct_size \(size): expected \(expected); rebuild it")
        }
        let functions: [(String, Bool)] = unsafe [
            ("name", plugin.pointee.name != nil), ("summary", plugin.pointee.summary != nil),
            ("bytes_needed", plugin.pointee.bytes_needed != nil), ("init", plugin.pointee.`init` != nil),
            ("lock", plugin.pointee.lock != nil), ("trylock", plugin.pointee.trylock != nil),
            ("unlock", plugin.pointee.unlock != nil),
        ]
        if let missing = functions.first(where: { !$0.1 }) {
            throw LockPluginError(
                path, "its \(missing.0) is NULL: expected a function or a string; see shm_lock_plugin.h")
        }
        guard unsafe (plugin.pointee.attach == nil) == (plugin.pointee.detach == nil) else {
            throw LockPluginError(path, "it has only one of attach and detach: expected both or neither")
        }
        let shared = unsafe sharedCalls(of: plugin)
        guard unsafe (shared.lock == nil) == (shared.unlock == nil) else {
            throw LockPluginError(path, "it has only one of lock_shared and unlock_shared: expected both or neither")
        }
        let name = try unsafe line(
            plugin.pointee.name.unsafelyUnwrapped, atMost: LockProperties.longestName, "name", path)
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard isName else {
            throw LockPluginError(
                path, "invalid name \(name.debugDescription): expected 1 to 31 lower-case letters, digits and hyphens")
        }
        guard !LockKind.isBuiltIn(name) else {
            throw LockPluginError(
                path, "invalid name '\(name)': the catalogue has a lock of that name; rename the plugin's lock")
        }
        guard !groups.contains(name) else {
            throw LockPluginError(path, "invalid name '\(name)': it selects a group of locks; rename the plugin's lock")
        }
        let known =
            SHM_LOCK_FIFO | SHM_LOCK_SURVIVES_OWNER | SHM_LOCK_SPINS | SHM_LOCK_ONE_PER_PROCESS | SHM_LOCK_QUEUES
        let unknown = unsafe plugin.pointee.promises & ~UInt64(known)
        guard unknown == 0 else {
            throw LockPluginError(
                path, "its promises have unknown bits (0x\(String(unknown, radix: 16))); see shm_lock_plugin.h")
        }
        let summary = try unsafe line(
            plugin.pointee.summary.unsafelyUnwrapped, atMost: longestSummary, "summary", path)
        let bytes = unsafe plugin.pointee.bytes_needed.unsafelyUnwrapped(UInt32(ParticipantNumber.limit))
        guard (1...mostBytes).contains(Int(clamping: bytes)) else {
            throw LockPluginError(path, "its bytes_needed returns \(bytes): expected 1…\(mostBytes)")
        }
        return properties(
            name: name, summary: summary, promises: unsafe plugin.pointee.promises,
            hasDeadlines: unsafe plugin.pointee.lock_until != nil, sharesReaders: unsafe shared.lock != nil)
    }

    /// The size of a description that predates `lock_shared`.
    private static let sizeBeforeShared = unsafe MemoryLayout<shm_lock_plugin>.offset(of: \.lock_shared) ?? 0

    /// The functions for readers; `nil` if the plugin's description predates them.
    static func sharedCalls(
        of plugin: UnsafePointer<shm_lock_plugin>
    ) -> (lock: PluginLock.Operation?, unlock: PluginLock.Release?) {
        guard unsafe Int(plugin.pointee.struct_size) > sizeBeforeShared else { return (nil, nil) }
        return unsafe (plugin.pointee.lock_shared, plugin.pointee.unlock_shared)
    }

    /// A string that is safe to print: at most `limit` bytes of UTF-8 without control characters.
    private static func line(
        _ string: UnsafePointer<CChar>, atMost limit: Int, _ what: String, _ path: String
    ) throws(LockPluginError) -> String {
        guard unsafe strnlen(string, limit + 1) <= limit else {
            throw LockPluginError(path, "invalid \(what): expected at most \(limit) bytes")
        }
        guard let text = unsafe String(validatingCString: string),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw LockPluginError(path, "invalid \(what): expected one line of UTF-8 text") }
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

/// Why a plugin cannot be loaded: one line that names the file, the cause and the remedy.
package struct LockPluginError: Error, CustomStringConvertible {
    package let description: String

    /// An error about the plugin at `path`.
    package init(_ path: String, _ reason: String) {
        description = "cannot load the lock plugin \(path): \(reason)"
    }
}
