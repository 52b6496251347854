import ShmCore

extension SharedMemory {
    /// Zeroes the data of an attached segment that no process uses.
    func clear() {
        if let data = unsafe mutableData { unsafe _ = data.initializeMemory(as: UInt8.self, repeating: 0) }
    }

    /// One of the words at the start of an attached segment's data; 0 if there is none.
    func word(_ index: Int) -> UInt32 {
        guard let data = unsafe data, data.count >= 4 * index + 4 else { return 0 }
        return unsafe data.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
    }
}
