/// A number with its noun: `1 kill`, `2 kills`.
///
/// - Parameter plural: for nouns that do not take an `s`, as in `2 processes`.
package func counted(_ count: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
