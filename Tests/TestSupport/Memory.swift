/// Zeroed memory, page-aligned, for as long as somebody refers to it.
@safe package final class Memory {
    /// Its address.
    package let base: UnsafeMutableRawPointer

    /// So many bytes of it.
    package init(byteCount: Int) {
        unsafe base = .allocate(byteCount: byteCount, alignment: 4096)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    deinit { unsafe base.deallocate() }

    /// What lies at an offset.
    package func word<T: BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
        unsafe base.load(fromByteOffset: offset, as: type)
    }

    /// Writes at an offset.
    package func set<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }
}
