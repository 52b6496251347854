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

/// Places that different processes write to lie so far apart: two cache lines, since x86-64 fetches pairs.
let lineStride = 128
