/// Decides at random which critical sections are read-only, with the same sequence for the same worker.
///
/// Marsaglia's xorshift, *Xorshift RNGs*, Journal of Statistical Software 8(14), 2003. It takes about a nanosecond, the
/// same for every lock.
struct ReadDice {
    private let limit: UInt64
    private var state: UInt64

    init(percent: UInt32, worker: Int) {
        // The upper 32 bits are compared.
        limit = (UInt64(percent) << 32) / 100
        state = 0x9e37_79b9_7f4a_7c15 &* (UInt64(worker) &+ 1)
    }

    @inline(__always)
    mutating func saysRead() -> Bool {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state >> 32 < limit
    }
}
