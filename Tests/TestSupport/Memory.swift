/// Zeroed, page-aligned memory, freed with the last reference.
@safe package final class Memory {
    package let base: UnsafeMutableRawPointer

    /// Allocates `count` bytes.
    package init(byteCount: Int) {
        unsafe base = .allocate(byteCount: byteCount, alignment: 4096)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    deinit { unsafe base.deallocate() }

    /// Reads the value at an offset.
    package func word<T: BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
        unsafe base.load(fromByteOffset: offset, as: type)
    }

    /// Writes a value at an offset.
    package func set<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }
}
