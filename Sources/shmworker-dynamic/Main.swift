@_spi(Bench) internal import ShmCore
internal import ShmWorker

/// The worker that can load a lock plugin.
@main
enum Main {
    static func main() {
        WorkerProgram.run { (path) throws(LockPluginError) in try LockPlugin.load(path) }
    }
}
