internal import ArgumentParser
internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// `--lock-plugin`: a lock from a shared object.
struct PluginOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A shared object with a lock of your own (Sources/CShm/include/shm_lock_plugin.h); `all` and its name mean it.",
            valueName: "file"))
    var lockPlugin: String?

    /// Loads it, and lets workers know. Returns whether there is one.
    @discardableResult
    func load() throws -> Bool {
        guard let lockPlugin else {
            // Whatever the environment says, it is not for this run's workers.
            unsafe unsetenv(PluginVariable.name)
            return false
        }
        do throws(LockPluginError) { try LockPlugin.load(lockPlugin, groups: LockSelection.groups) } catch {
            throw Failure(error.description)
        }
        unsafe setenv(PluginVariable.name, lockPlugin, 1)
        return true
    }
}
