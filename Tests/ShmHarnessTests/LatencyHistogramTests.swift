import Histogram
import ShmHarness
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct LatencyHistogramTests {
    private let lastCell = LatencyHistogram.Geometry.threeDigits.index(of: LatencyHistogram.Geometry.highestValue)

    @Test func `every cell's smallest value belongs to that cell`() {
        #expect(lastCell < LatencyHistogram.Geometry.threeDigits.cellCount)
        let wrong = (0...lastCell).first {
            LatencyHistogram.Geometry.threeDigits.index(of: LatencyHistogram.Geometry.threeDigits.lowestValue(of: $0))
                != $0
        }
        #expect(wrong == nil)
    }

    @Test func `cells follow each other without a gap`() {
        let wrong = (1...lastCell).first { cell in
            let lowest = LatencyHistogram.Geometry.threeDigits.lowestValue(of: cell)
            return lowest <= LatencyHistogram.Geometry.threeDigits.lowestValue(of: cell - 1)
                || LatencyHistogram.Geometry.threeDigits.index(of: lowest - 1) != cell - 1
        }
        #expect(wrong == nil)
    }

    @Test func `values below 2048 ns are kept exactly`() {
        let wrong = (0..<2048).first {
            LatencyHistogram.Geometry.threeDigits.lowestValue(
                of: LatencyHistogram.Geometry.threeDigits.index(of: UInt64($0))) != $0
        }
        #expect(wrong == nil)
    }

    @Test func `any value is kept to one part in 1024`() {
        var generator = SeededGenerator(1)
        for _ in 0..<50_000 {
            let value = generator.time(upTo: LatencyHistogram.Geometry.highestValue)
            let kept = LatencyHistogram.Geometry.threeDigits.lowestValue(
                of: LatencyHistogram.Geometry.threeDigits.index(of: value))
            if kept > value || (value - kept) * 1024 > value {
                Issue.record("\(value) ns is kept as \(kept) ns")
                return
            }
        }
    }

    @Test(arguments: [60_000_000_001, 1 << 40, UInt64.max])
    func `a value above a minute counts as a minute`(value: UInt64) {
        #expect(LatencyHistogram.Geometry.threeDigits.index(of: value) == lastCell)
        let memory = Memory(byteCount: LatencyHistogram.Geometry.threeDigits.byteCount)
        let histogram = unsafe LatencyHistogram(memory.base)
        histogram.record(value)
        histogram.forEachCell { lowest, count in
            #expect(LatencyHistogram.Geometry.threeDigits.index(of: lowest) == lastCell)
            #expect(count == 1)
        }
    }

    @Test func `a fresh histogram is empty`() {
        let memory = Memory(byteCount: LatencyHistogram.Geometry.threeDigits.byteCount)
        unsafe LatencyHistogram(memory.base).forEachCell { _, _ in Issue.record("it has a count") }
    }

    @Test func `cells come in ascending order, with all counts`() {
        let memory = Memory(byteCount: LatencyHistogram.Geometry.threeDigits.byteCount)
        let histogram = unsafe LatencyHistogram(memory.base)
        for value: UInt64 in [500, 0, 500, 3_000_000, 500, 1] { histogram.record(value) }
        var found: [[UInt64]] = []
        histogram.forEachCell { found.append([$0, UInt64($1)]) }
        let long = LatencyHistogram.Geometry.threeDigits.lowestValue(
            of: LatencyHistogram.Geometry.threeDigits.index(of: 3_000_000))
        #expect(found == [[0, 1], [1, 1], [500, 3], [long, 1]])
    }

    @Test(arguments: [2, 3, 4] as [UInt64])
    func `percentiles equal those of HdrHistogram for the same values, and are close to those of the sorted values`(
        seed: UInt64
    ) {
        var generator = SeededGenerator(seed)
        let memory = Memory(byteCount: LatencyHistogram.Geometry.threeDigits.byteCount)
        let ours = unsafe LatencyHistogram(memory.base)
        var reference = Self.hdrHistogram()
        var values: [UInt64] = []
        for _ in 0..<20_000 {
            let value = max(1, generator.time(upTo: LatencyHistogram.Geometry.highestValue))
            values.append(value)
            ours.record(value)
            reference.record(value)
        }
        values.sort()
        var merged = Self.hdrHistogram()
        ours.forEachCell { merged.record($0, count: UInt64($1)) }
        #expect(merged.totalCount == 20_000)
        for percent in [1, 10, 50, 90, 99, 99.9, 100] {
            let found = merged.valueAtPercentile(percent)
            // In the last cell, both return the largest recorded value.
            let expected = reference.valueAtPercentile(percent)
            #expect(
                LatencyHistogram.Geometry.threeDigits.index(of: found)
                    == LatencyHistogram.Geometry.threeDigits.index(of: expected), "\(percent) %")
            let rank = max(1, Int((percent / 100 * Double(values.count)).rounded(.up)))
            let exact = Double(values[rank - 1])
            #expect(abs(Double(found) - exact) <= exact / 1000 + 1, "\(percent) %")
        }
    }

    private static func hdrHistogram() -> Histogram<UInt64> {
        Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: LatencyHistogram.Geometry.highestValue,
            numberOfSignificantValueDigits: .three)
    }
}
