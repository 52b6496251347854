internal import ArgumentParser
internal import ShmRecord

extension ArgumentHelp {
    /// The help of a parameter's option.
    init(_ parameter: Parameter) { self.init("\(parameter.help)", valueName: parameter.valueName) }
}

extension Parameter {
    /// The text that the command line gives for a parameter. It is read with all the others.
    struct Asked {
        let parameter: Parameter
        let text: String
    }

    @Sendable
    func asked(_ text: String) -> Asked { Asked(parameter: self, text: text) }
}
