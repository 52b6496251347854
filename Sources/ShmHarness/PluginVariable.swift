/// The environment's variable that tells workers which lock plugin to load.
package enum PluginVariable {
    package static let name = "SHM_LOCK_PLUGIN"
}
