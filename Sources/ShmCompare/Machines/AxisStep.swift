internal import ShmRecord

/// A step of an axis, as from one kernel to the next: the machines that show what it changes.
package struct AxisStep {
    /// A machine with both values, or machines of either value that are alike.
    package struct Unit {
        /// `n1`, or `n1, n2 | n3`.
        package let name: String
        /// Whether it is one machine, whose absolute figures are compared. Those of different machines are ratios to the
        /// reference: machines of one name differ in speed by a factor of two.
        package let isOneMachine: Bool
        let before: [ComparedMachine]
        let after: [ComparedMachine]

        fileprivate init(_ before: [ComparedMachine], _ after: [ComparedMachine]) {
            isOneMachine =
                before.count == 1 && after.count == 1 && before[0].rounds.hostname == after[0].rounds.hostname
            func names(_ side: [ComparedMachine]) -> String {
                let hosts = side.map(\.rounds.hostname)
                return hosts.prefix(Self.most).joined(separator: ", ")
                    + (hosts.count > Self.most ? " and \(hosts.count - Self.most) more" : "")
            }
            name = isOneMachine ? before[0].rounds.hostname : "\(names(before)) | \(names(after))"
            (self.before, self.after) = (before, after)
        }

        /// The number of machines that a name has.
        private static let most = 3
    }

    package let from: String
    package let to: String
    package let units: [Unit]

    /// The steps between neighbouring values, each within machines that agree in everything else that is recorded.
    static func all(_ machines: [ComparedMachine], _ axis: MachineAxis) -> [AxisStep] {
        let sides = machines.filter { !$0.value.isEmpty }
        let classes = Dictionary(grouping: sides) { machine in axis.others.map(machine.trait) }
        let order = sides.map { machine in axis.others.map(machine.trait) }.uniqued()
        var steps: [[String]: [Unit]] = [:]
        for key in order {
            let alike = classes[key] ?? []
            let values = alike.map(\.value).uniqued().sorted(by: MachineAxis.precedes)
            for (from, to) in zip(values, values.dropFirst()) {
                steps[[from, to], default: []] += units(
                    alike.filter { $0.value == from }, alike.filter { $0.value == to }, axis)
            }
        }
        return steps.map { AxisStep(from: $0.key[0], to: $0.key[1], units: $0.value) }.sorted { left, right in
            left.from == right.from
                ? MachineAxis.precedes(left.to, right.to) : MachineAxis.precedes(left.from, right.from)
        }
    }

    /// Each machine with both values, and the others of both values as one unit.
    private static func units(_ before: [ComparedMachine], _ after: [ComparedMachine], _ axis: MachineAxis) -> [Unit] {
        let later = Dictionary(after.map { ($0.identity(without: axis), $0) }) { first, _ in first }
        let pairs = before.compactMap { machine in
            later[machine.identity(without: axis)].map { (before: machine, after: $0) }
        }
        let paired = Set(pairs.flatMap { [$0.before.name, $0.after.name] })
        let (left, right) = (before.filter { !paired.contains($0.name) }, after.filter { !paired.contains($0.name) })
        return pairs.map { Unit([$0.before], [$0.after]) } + (left.isEmpty || right.isEmpty ? [] : [Unit(left, right)])
    }
}
