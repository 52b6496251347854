internal import ShmCore
internal import ShmHarness

/// The fresh segments of a block of turns: an arena for each side, and one test segment for both, or one for each. They are
/// removed with the last reference.
@safe final class TurnSegments {
    /// Attached for writing, as are the test segments.
    let arenas: [SharedMemory]
    /// The number in the key of each side's test segment.
    let testRounds: [Int]
    /// The address of the data of each side's test segment.
    let data: [UnsafeMutableRawPointer]
    private let tests: [SharedMemory]

    /// Creates the segments and attaches to them.
    ///
    /// - Parameters:
    ///   - number: unique within this process, as is the number after it.
    ///   - dataSize: the size of a test segment, in bytes.
    init(number: Int, arenaSize: Int, dataSize: Int, sharesMemory: Bool) throws(RoundFailure) {
        let run = try ThisRun.begin()
        let keys = [number, number + 1].map { RoundKeys(run: run, round: $0) }
        arenas = keys.map { SharedMemory(key: $0.arena) }
        tests = (sharesMemory ? [keys[0]] : keys).map { SharedMemory(key: $0.test) }
        testRounds = [number, sharesMemory ? number : number + 1]
        do throws(SharedMemoryError) {
            for (segment, size) in arenas.map({ ($0, arenaSize) }) + tests.map({ ($0, dataSize) }) {
                try segment.create(size: size, lock: .noLock)
                try segment.attach()
            }
        } catch {
            Self.remove(arenas + tests)
            throw .failed(RefusalReason.reason(error))
        }
        let found = unsafe tests.compactMap { unsafe $0.mutableData?.baseAddress }
        guard unsafe found.count == tests.count else {
            Self.remove(arenas + tests)
            throw .failed("the segment \(keys[0].test) is not there")
        }
        unsafe data = [found[0], found[found.count - 1]]
    }

    deinit { Self.remove(arenas + tests) }

    private static func remove(_ segments: [SharedMemory]) {
        for segment in segments {
            if segment.isValid { try? segment.detach() }
            RunFiles.remove(segment)
        }
    }
}
