package import ShmRecord

/// Machines by what they are: a **kind** is machines with the same names (CPU model, cores, hypervisor) whose measured
/// figures agree. The names alone do not tell: cloud providers sell several machines under one model name, and a machine may
/// run at another frequency, or be a guest of another host, than its neighbours.
///
/// Two machines agree if no figure of one is more than the figure's factor (``MachineFigure/factor``) times that of the other.
/// Kinds are formed by complete linkage: *every* two members of a kind agree. Single linkage would chain: of machines whose
/// figures are spread evenly over a factor of three it would make one kind. The price is that machines close to each other
/// may be of two kinds where a group is wider than the factor. The result does not depend on the order of the records.
package struct MachineKinds: Sendable {
    /// The kinds: those of the most machines first, and then by names.
    package let kinds: [MachineKind]
    /// The machines that are not what their names say.
    package let findings: [MisnamedMachines]
    private let numbers: [MachineIdentity: Int]

    /// Groups the machines of rounds.
    package init(_ records: [Record]) { self.init(machines: FingerprintedMachine.all(records)) }

    /// Groups machines.
    package init(machines: [FingerprintedMachine]) {
        let sorted = machines.sorted {
            ($0.identity.hostname, $0.identity.cpus) < ($1.identity.hostname, $1.identity.cpus)
        }
        let groups = Dictionary(grouping: sorted, by: \.names).values
        kinds = groups.flatMap { group -> [MachineKind] in
            let parts = MachineLinkage.kinds(of: group)
            return parts.enumerated().map { MachineKind(members: $1, place: ($0 + 1, parts.count)) }
        }.sorted { ($1.members.count, $0.title) < ($0.members.count, $1.title) }
        findings = groups.flatMap(MisnamedMachines.all).sorted { $0.machines[0].hostname < $1.machines[0].hostname }
        numbers = kinds.enumerated().reduce(into: [:]) { numbers, kind in
            for member in kind.element.members { numbers[member.identity] = kind.offset }
        }
    }

    /// The index of a round's machine in ``kinds``; `nil` for a machine that was not among the records.
    package func kind(of record: Record) -> Int? { numbers[MachineIdentity(record)] }
}

/// Machines of one kind.
package struct MachineKind: Sendable {
    /// By hostname.
    package let members: [FingerprintedMachine]
    /// The names; of several kinds with the same names, the number of this one.
    package let title: String

    fileprivate init(members: [FingerprintedMachine], place: (number: Int, count: Int)) {
        self.members = members
        let names = members.first?.names.title ?? ""
        title = place.count == 1 ? names : "\(names), kind \(place.number) of \(place.count)"
    }

    /// The median of a figure over the members that have it, by column; `nil` if none has.
    package func median(_ column: String) -> Double? { FingerprintedMachine.median(column, of: members) }
}
