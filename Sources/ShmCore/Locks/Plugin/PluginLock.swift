internal import CShm
public import SystemPackage

/// The lock of the plugin that this process has loaded (``LockPlugin``). Each operation is one indirect call.
///
/// Memory ordering and owner death: as the plugin's description promises.
@_spi(Bench) @safe public struct PluginLock: LockPrimitive, ~Copyable {
    @usableFromInline typealias Operation = @convention(c) (UnsafeMutableRawPointer?) -> Int32
    @usableFromInline typealias Release = @convention(c) (UnsafeMutableRawPointer?) -> Void

    @usableFromInline let context: UnsafeMutableRawPointer?
    @usableFromInline let take: Operation
    @usableFromInline let attempt: Operation
    @usableFromInline let release: Release
    @usableFromInline let takeShared: Operation?
    @usableFromInline let releaseShared: Release?
    private let description: UnsafePointer<shm_lock_plugin>

    /// See ``LockPrimitive/properties``. A placeholder if no plugin is loaded.
    public static var properties: LockProperties {
        LockPlugin.loaded?.properties
            ?? LockProperties(name: "plugin", family: .plugin, ownerDeath: .hangs, summary: "")
    }

    /// The plugin's `bytes_needed`.
    public static func bytesNeeded(participants: Int) -> Int {
        guard let plugin = LockPlugin.loaded else { return 0 }
        return Int(clamping: unsafe plugin.description.pointee.bytes_needed?(UInt32(participants)) ?? 0)
    }

    /// The plugin's `init`.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        guard let plugin = LockPlugin.loaded else { throw .notSupported }
        let failure = unsafe plugin.description.pointee.`init`?(area, UInt32(participants)) ?? 0
        if failure != 0 { throw Errno(rawValue: failure) }
    }

    /// The plugin's `attach`, if it has one.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        guard let plugin = LockPlugin.loaded else { throw .notSupported }
        var context: UnsafeMutableRawPointer? = unsafe binding.area
        if let attach = unsafe plugin.description.pointee.attach {
            let failure = unsafe attach(
                binding.area, UInt32(binding.participants), binding.file.rawValue, &context)
            if failure != 0 { throw Errno(rawValue: failure) }
        }
        unsafe self.context = unsafe context
        unsafe description = plugin.description
        unsafe take = plugin.description.pointee.lock.unsafelyUnwrapped
        unsafe attempt = plugin.description.pointee.trylock.unsafelyUnwrapped
        unsafe release = plugin.description.pointee.unlock.unsafelyUnwrapped
        unsafe (takeShared, releaseShared) = LockPlugin.sharedCalls(of: plugin.description)
    }

    deinit { unsafe description.pointee.detach?(context) }

    /// The plugin's `lock`.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let result = unsafe take(context)
        return result == 0 ? .acquired : Self.outcome(result)
    }

    /// The plugin's `trylock`.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let result = unsafe attempt(context)
        return result == 0 ? .acquired : Self.outcome(result)
    }

    /// The plugin's `lock_until`, if it has one.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        guard let wait = unsafe description.pointee.lock_until else { return tryAgainSleeping(until: deadline) }
        return Self.outcome(unsafe wait(context, deadline.nanoseconds))
    }

    /// The plugin's `unlock`.
    @inlinable
    public borrowing func unlock() { unsafe release(context) }

    /// The plugin's `lock_shared`, if it has one.
    @inlinable
    public borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome {
        guard let takeShared = unsafe takeShared else { return lock() }
        let result = unsafe takeShared(context)
        return result == 0 ? .acquired : Self.outcome(result)
    }

    /// The plugin's `unlock_shared`, if it has one.
    @inlinable
    public borrowing func endRead(_ begun: UInt64) -> Bool {
        if let releaseShared = unsafe releaseShared { unsafe releaseShared(context) } else { unlock() }
        return true
    }

    /// The plugin's `retire`, if it has one.
    public borrowing func retire() { unsafe description.pointee.retire?(context) }

    @usableFromInline
    static func outcome(_ result: Int32) -> LockOutcome {
        switch result {
        case Int32(SHM_LOCK_ACQUIRED): .acquired
        case Int32(SHM_LOCK_OWNER_DIED): .ownerDied
        case Errno.resourceBusy.rawValue, Errno.timedOut.rawValue: .busy
        default: .failed(Errno(rawValue: result))
        }
    }
}
