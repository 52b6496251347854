internal import ArgumentParser
internal import ShmRecord

extension ArgumentHelp {
    /// What help says of a parameter's option.
    init(_ parameter: Parameter) { self.init("\(parameter.help)", valueName: parameter.valueName) }
}

extension Parameter {
    /// What a command line gave for a parameter; it is checked with all the others.
    struct Asked {
        let parameter: Parameter
        let text: String
    }

    @Sendable
    func asked(_ text: String) -> Asked { Asked(parameter: self, text: text) }
}
