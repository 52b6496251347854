/// The smallest margin that paired differences prove at a level: two one-sided tests find the location within it, and
/// within no smaller one. `nil` without differences, or if one is not finite; infinite if there are too few for the level.
///
/// The tests are Wilcoxon's: one of the hypothesis that the location is the margin or more, the other that it is the
/// negative margin or less. Each has the whole level, since a location beyond the margin lies on one side, so that only one
/// of the tests can err. Inverted, they are the ends of the interval that misses with the level on each side
/// (``SignedRankInterval``): its confidence is 1 − 2·level. The margin is the more distant end.
///
/// **Several metrics.** "All metrics are within their margins" is claimed only if each test finds so. If any metric is
/// beyond its margin, the claim needs the error of that metric's own test, whose probability is at most the level. So the
/// claim has the level without any division by the number of metrics or cells: the intersection–union test. What it does
/// not bound is the number of errors among many metrics that are all beyond their margins: of those, up to the level may be
/// found within.
///
/// Why it is exact for randomised blocks: as for ``SignedRankInterval``. If the candidate differs by a constant factor, the
/// differences minus its logarithm have their signs from the coins alone.
///
/// Sources: Schuirmann, *A comparison of the two one-sided tests procedure and the power approach*, J. Pharmacokinet.
/// Biopharm. 15, 1987; Berger, *Multiparameter hypothesis testing and acceptance sampling*, Technometrics 24, 1982; Berger
/// and Hsu, *Bioequivalence trials, intersection–union tests and equivalence confidence sets*, Statist. Sci. 11, 1996.
public func provedMargin(_ differences: [Double], level: Double) -> Double? {
    SignedRankInterval(differences, confidence: 1 - 2 * level).map { max(-$0.low, $0.high) }
}

/// The same for independent samples, by the tests of Mann and Whitney (``RankSumInterval``). `nil` if a sample is empty or a
/// value is not finite.
public func provedMargin(base: [Double], candidate: [Double], level: Double) -> Double? {
    RankSumInterval(base: base, candidate: candidate, confidence: 1 - 2 * level).map { max(-$0.low, $0.high) }
}
