internal import Glibc

/// The two-sided quantile of Student's t distribution: the value that |t| exceeds with the probability 1 − `confidence`.
/// Infinite for no degree of freedom or a confidence of 1. Beyond 200 degrees of freedom that of 200, which is larger by
/// less than 3 %.
///
/// For whole degrees of freedom, the probability is a finite sum in the angle whose tangent is t/√ν, which ascends with
/// the angle, so it is bisected. Source: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 1964, 26.7.3 and
/// 26.7.4.
public func studentQuantile(freedom: Int, confidence: Double) -> Double {
    guard freedom > 0, confidence < 1 else { return .infinity }
    let freedom = min(freedom, 200)
    var (low, high) = (0.0, Double.pi / 2)
    for _ in 0..<64 {
        let middle = (low + high) / 2
        if studentWithin(angle: middle, freedom: freedom) < confidence { low = middle } else { high = middle }
    }
    return Double(freedom).squareRoot() * tan(high)
}

/// The probability that |t| is less than √ν·tan(angle).
private func studentWithin(angle: Double, freedom: Int) -> Double {
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = freedom % 2 == 1
    // The sum over cosᵏ, for the exponents k of the parity of ν, up to ν − 2.
    var (term, sum) = (isOdd ? cosine : 1, 0.0)
    var exponent = isOdd ? 1 : 0
    while exponent <= freedom - 2 {
        sum += term
        exponent += 2
        term *= cosine * cosine * Double(exponent - 1) / Double(exponent)
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
}
