internal import CJemalloc
internal import ShmCore
internal import ShmWorker

/// The worker that starts fast. It is linked statically, so it cannot load a plugin.
@main
enum Main {
    static func main() {
        WorkerMain.run(heapBytes: { unsafe shm_heap_allocated()?.pointee ?? 0 }) { (path) throws(LockPluginError) in
            throw LockPluginError(path, "this worker is linked statically; use shmworker-dynamic")
        }
    }
}
