import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProportionIntervalTests {
    /// From scipy.stats.binomtest(hits, trials).proportion_ci(confidence, method="exact"), SciPy 1.17.1.
    @Test(arguments: [
        (0, 500, 0.95, 0, 0.007350610051907785), (3, 500, 0.95, 0.0012390575435350217, 0.017433673726060524),
        (500, 500, 0.95, 0.9926493899480923, 1), (1, 1, 0.95, 0.025, 1),
        (42, 1000, 0.99, 0.027374568409131255, 0.061148385288171354),
        (720, 14_400, 0.95, 0.04649680050227667, 0.053686404289794654), (0, 0, 0.95, 0, 1),
    ])
    func `intervals are SciPy's`(hits: Int, trials: Int, confidence: Double, low: Double, high: Double) {
        let interval = ProportionInterval(hits: hits, of: trials, confidence: confidence)
        #expect(areClose(interval.low, low, within: 1e-8) && areClose(interval.high, high, within: 1e-8))
    }
}
