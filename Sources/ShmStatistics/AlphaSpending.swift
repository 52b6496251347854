/// Spends the error rate of one test over the looks at growing data.
///
/// A look at the fraction t of the whole comparison may have spent `level`·t² in sum, so its own test has what that exceeds
/// what was spent before: few errors at first, where the data show little, and most of them at the end. Any rule that fixes
/// the levels without the values keeps the rate, for any dependence between the looks and any stopping rule: by the union
/// bound, the probability that one of the tests errs is at most the sum of their levels, which is `level`.
///
/// Lan and DeMets spend in the same way, and then compute sharper limits from the joint distribution of the statistics of
/// all looks. That of signed ranks depends on the magnitudes to come, so it is known only if values are normal. Here nothing
/// is assumed, at the cost of about an eighth more blocks: with looks at 11 to 62 blocks, the last one tests at 6 % where
/// theirs would at 8 %, of 10 %.
///
/// t² lies between t, which spends evenly (Pocock), and t³, which is near to O'Brien and Fleming's limits; both are among
/// Kim and DeMets' powers of t. With limits that are increments, tˢ with a larger s makes quiet comparisons wait for looks
/// at which any of them decides, and does not decide much more at the end. A look in the last quarter spends nothing, so
/// that the last one, which is near, has what is left.
///
/// Sources: Lan and DeMets, *Discrete sequential boundaries for clinical trials*, Biometrika 70, 1983; the same, *Group
/// sequential procedures: calendar versus information time*, Statist. in Medicine 8, 1989, for fractions of the time; Kim
/// and DeMets, *Design and analysis of group sequential tests based on the type I error spending rate function*, Biometrika
/// 74, 1987; O'Brien and Fleming, *A multiple testing procedure for clinical trials*, Biometrics 35, 1979.
public struct AlphaSpending: Sendable, Equatable {
    /// The error rate of all looks together.
    public let level: Double
    /// The error rate that the looks so far have spent.
    public private(set) var spent = 0.0

    /// The part of the comparison after which only the last look spends.
    private static let waitsFrom = 0.75

    /// A rate outside 0…1 is clamped.
    public init(level: Double) { self.level = max(0, min(1, level)) }

    /// Spends what a look may, and returns it: the level of its one-sided test, 0 if it has none.
    ///
    /// - Parameter fraction: the part of the comparison that is over, of its blocks or of its time; 1 for the last look. It
    ///   must not depend on the values that are tested.
    public mutating func spend(at fraction: Double) -> Double {
        if fraction >= Self.waitsFrom && fraction < 1 { return 0 }
        let share = max(0, min(1, fraction))
        let sum = max(spent, level * share * share)
        defer { spent = sum }
        return sum - spent
    }
}
