internal import ShmCoordinator
internal import ShmRecord

/// Machines that are not what their names say, as a sentence.
package struct MisnamedMachines: Sendable {
    /// The machines that differ: one, or all of its name if no majority of them agrees.
    package let machines: [FingerprintedMachine]
    /// The sentence, without a full stop.
    package let text: String

    /// The findings on machines with the same names.
    ///
    /// A machine is told if a figure of it is more than the figure's factor away from the median of the group, and more than
    /// half of the group is not. Without such a majority, as with two machines, nothing says which one is right: then it is
    /// told that they differ.
    static func all(_ group: [FingerprintedMachine]) -> [MisnamedMachines] {
        let differences = MachineFigure.all.flatMap { Difference.all($0, group) }
        let divided = differences.filter { $0.machine == nil }
        var findings = Dictionary(grouping: differences.filter { $0.machine != nil }) { $0.machine ?? 0 }
            .sorted { $0.key < $1.key }.map { MisnamedMachines([group[$0.key]], $0.value) }
        if !divided.isEmpty { findings.append(MisnamedMachines(group, divided)) }
        return findings
    }

    private init(_ machines: [FingerprintedMachine], _ differences: [Difference]) {
        self.machines = machines
        let hosts = machines.map(\.hostname.harmless)
        let model = machines[0].names.model.harmless
        let named =
            switch hosts.count {
            case 1: "\(hosts[0]) calls itself \(model)"
            case 2: "\(hosts[0]) and \(hosts[1]) both call themselves \(model)"
            default:
                "\(hosts.count) machines (\(hosts.prefix(4).joined(separator: ", "))\(hosts.count > 4 ? ", …" : "")) call themselves \(model)"
            }
        let sorted = differences.sorted { $0.excess > $1.excess }
        let more = sorted.count - 2
        text =
            "\(named), but " + sorted.prefix(2).map(\.text).joined(separator: ", and ")
            + (more > 0 ? "; \(counted(more, "more figure")) \(more == 1 ? "differs" : "differ")" : "")
    }

    /// A figure by which a machine, or a group, differs.
    private struct Difference {
        /// The index in the group; `nil` if the whole group is divided.
        let machine: Int?
        let text: String
        /// The ratio, as a multiple of the figure's factor.
        let excess: Double

        static func all(_ figure: MachineFigure, _ group: [FingerprintedMachine]) -> [Difference] {
            let values = group.indices.compactMap { index in group[index].figures[figure.column].map { (index, $0) } }
                .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            guard let least = values.first, let most = values.last, most.1 > least.1 * figure.factor else { return [] }
            // A measured value, also of an even number: the mean of two groups would be far from both.
            let median = values[(values.count - 1) / 2].1
            func agrees(_ value: Double) -> Bool { max(value / median, median / value) <= figure.factor }
            let usual = values.filter { agrees($0.1) }.map(\.1)
            guard 2 * usual.count > values.count else {
                let (slow, fast) = (group[most.0].hostname, group[least.0].hostname)
                return [
                    Difference(
                        machine: nil,
                        text:
                            "\(figure.words) takes \(times(most.1 / least.1)) as long on \(slow.harmless) as on \(fast.harmless) (\(shown(most.1)), and \(shown(least.1)))",
                        excess: most.1 / least.1 / figure.factor)
                ]
            }
            let middle = usual[(usual.count - 1) / 2]
            let others = usual.count == 1 ? "the other" : "the other \(usual.count)"
            return values.filter { !agrees($0.1) }.map { index, value in
                Difference(
                    machine: index,
                    text:
                        "\(figure.words) takes \(times(value / middle)) as long as on \(others) (\(shown(value)), and \(shown(middle)))",
                    excess: max(value / middle, middle / value) / figure.factor)
            }
        }

        private static func times(_ ratio: Double) -> String { "\(Figure.decimal(ratio, ratio < 1 ? 2 : 1))×" }

        private static func shown(_ nanoseconds: Double) -> String {
            FieldUnit.nanoseconds.shown(nanoseconds, decimals: 1)
        }
    }
}
