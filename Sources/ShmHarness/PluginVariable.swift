/// The environment variable that names the lock plugin for workers to load.
package enum PluginVariable {
    package static let name = "SHM_LOCK_PLUGIN"
}
