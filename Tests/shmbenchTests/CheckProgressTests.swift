import Testing

@testable import shmbench

/// The progress of a check.
@Suite(.timeLimit(.minutes(10))) struct CheckProgressTests {
    @Test(arguments: [0, 8, 20]) func `one estimate holds for the whole check`(confirming: Int) {
        var progress = CheckProgress()
        var shares: [Double] = []
        progress.expect(20, atMost: 20)
        for _ in 0..<20 {
            progress.begin("futex")
            shares.append(progress.share)
        }
        if confirming > 0 {
            // Confirming fewer cells takes less time than planned.
            progress.expect(confirming, atMost: 0)
            for _ in 0..<confirming {
                progress.begin("futex")
                shares.append(progress.share)
            }
            #expect(shares.last == 1)
        }
        #expect(shares == shares.sorted() && shares[19] == 0.5)
    }
}
