internal import Synchronization

extension UnsafeMutableRawPointer {
    /// The 32-bit word at an offset.
    func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (self + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The 64-bit word at an offset.
    func longWord(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (self + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
}

/// The distance between words that different processes write: two cache lines, because x86-64 prefetches pairs.
let lineStride = 128
