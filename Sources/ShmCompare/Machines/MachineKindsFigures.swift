/// A measured figure by which machines of one name are told apart.
package struct MachineFigure: Sendable {
    /// Its column in results.
    package let column: String
    /// A column's title, in tables.
    package let title: String
    /// What takes the time, as the subject of a sentence.
    package let words: String
    /// Two machines agree if the larger figure is at most that many times the smaller.
    ///
    /// It is more than the largest ratio of two measurements of one virtual machine beside other load, so that noise alone
    /// rarely divides a kind.
    package let factor: Double
    /// Whether it depends on where a host runs the CPUs of its guest: between the two CPUs of one guest, a cache line took
    /// 35 ns at one time and 230 ns at another. It is not compared between guests.
    package let dependsOnHost: Bool

    private init(_ column: String, _ title: String, _ words: String, factor: Double, dependsOnHost: Bool = false) {
        (self.column, self.title, self.words) = (column, title, words)
        (self.factor, self.dependsOnHost) = (factor, dependsOnHost)
    }

    /// All of them, the least noisy first.
    package static let all: [MachineFigure] = [
        MachineFigure("atomic_ns", "atomic", "one atomic addition", factor: 1.5),
        MachineFigure("clock_read_ns", "clock", "a clock reading", factor: 1.6),
        MachineFigure("line_transfer_ns", "line", "a cache line's way between CPUs", factor: 1.6, dependsOnHost: true),
        MachineFigure("wake_same_cpu_ns", "wake-up", "a wake-up on the waker's CPU", factor: 1.8),
        MachineFigure("wake_other_cpu_ns", "wake-up on another CPU", "a wake-up on another CPU", factor: 2.5),
        MachineFigure("membarrier_ns", "membarrier", "a memory barrier on another CPU", factor: 3),
    ]
}
