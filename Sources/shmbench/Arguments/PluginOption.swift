internal import ArgumentParser
internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// `--lock-plugin`: a lock from a shared object.
struct PluginOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Shared object (.so) with a lock of your own. See Sources/CShm/include/shm_lock_plugin.h.",
            valueName: "file"))
    var lockPlugin: String?

    /// Loads the plugin, and passes it to workers in their environment. Returns whether there is one.
    @discardableResult
    func load() throws -> Bool {
        guard let lockPlugin else {
            // An inherited variable is not for the workers of this run.
            unsafe unsetenv(PluginVariable.name)
            return false
        }
        do throws(LockPluginError) { try LockPlugin.load(lockPlugin, groups: LockSelection.groups) } catch {
            throw Failure(error.description, code: .usage)
        }
        unsafe setenv(PluginVariable.name, lockPlugin, 1)
        return true
    }
}
