internal import ShmRecord

/// A column of the findings of `doctor`: schema 1, in its order. Append new fields.
typealias DoctorColumn = Field<MachineFinding>

extension Field where Subject == MachineFinding {
    static let schema = 1

    static let all: [Field<MachineFinding>] = [
        schema(schema),
        Field(
            "weight", kind: .words(of: MachineFinding.Weight.self), roles: .present,
            "`ok`, `note` (relevant to the interpretation of figures), `warning` (makes figures unreliable), `obstacle` (makes a lock or a command unusable)"
        ) { .text($0.weight.rawValue) },
        Field("subject", kind: .text, roles: .present, "property of the machine") { .text($0.subject) },
        Field("finding", kind: .text, roles: .present, "state of the property") { .text($0.text) },
        Field("advice", title: "what to do", kind: .text, "remedy; empty if none is needed") { Value($0.advice) },
    ]
}
