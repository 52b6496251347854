package import ShmRecord

/// A machine with its kind, in JSON.
package struct KindRow {
    package let machine: ComparedMachine
    /// From 1 on, those of the most machines first.
    package let number: Int
    package let kind: MachineKind

    /// The machines that have a kind.
    package static func rows(_ machines: [ComparedMachine], _ kinds: MachineKinds) -> [KindRow] {
        machines.compactMap { machine in
            machine.kind(in: kinds).map { KindRow(machine: machine, number: $0 + 1, kind: kinds.kinds[$0]) }
        }
    }
}

/// A member of `kinds` in JSON documents.
package typealias KindColumn = Field<KindRow>

extension Field where Subject == KindRow {
    package static let all: [Field<KindRow>] =
        [
            Field("machine", kind: .text, roles: .present, "name of the machine in this document") {
                .text($0.machine.name)
            },
            Field(
                "kind", kind: .count, roles: .present,
                "number of its kind: machines with the same names whose measured figures agree"
            ) { .integer($0.number) },
            Field("title", kind: .text, roles: .present, "what the machines of the kind call themselves") {
                .text($0.kind.title)
            },
        ]
        + MachineFigure.all.map { figure in
            Field(
                figure.column, kind: .number, unit: .nanoseconds,
                "\(figure.words), median over the machines of the kind; empty if none has it"
            ) { Value($0.kind.median(figure.column), decimals: 1) }
        }
}
