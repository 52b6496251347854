internal import CJemalloc
@_spi(Bench) internal import ShmCore
internal import ShmWorker

/// The worker that can load a lock plugin; linked dynamically.
@main
enum Main {
    static func main() {
        WorkerMain.run(heapBytes: { unsafe shm_heap_allocated()?.pointee ?? 0 }) { (path) throws(LockPluginError) in
            try LockPlugin.load(path)
        }
    }
}
