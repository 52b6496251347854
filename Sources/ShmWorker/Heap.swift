internal import CJemalloc

/// Bytes that this thread has allocated on the heap so far, by jemalloc's own count.
enum Heap {
    static var allocatedBytes: UInt64 {
        guard let count = unsafe shm_heap_allocated() else { return 0 }
        return unsafe count.pointee
    }
}
