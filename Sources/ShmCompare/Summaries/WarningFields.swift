package import ShmRecord

/// A member of a warning in JSON documents.
package typealias WarningColumn = Field<Warning>

extension Field where Subject == Warning {
    package static let all: [Field<Warning>] = [
        Field("code", kind: .words(of: Warning.Code.self), roles: .present, "what the warning is about") {
            .text($0.code.rawValue)
        },
        Field("text", kind: .text, roles: .present, "the cause, the cells and a remedy") { .text($0.text) },
    ]
}
