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

        /// The items of a list. A text with a colon is one value: a notation of its own, which may have commas.
        func values() throws -> ParameterValues {
            let items = text.contains(":") ? [text] : CommaList(text).items
            if items.count > 1 && items.contains("") {
                throw Failure.invalid(
                    text, for: parameter.option, expected: "\(parameter.expected); commas separate several values")
            }
            return ParameterValues(parameter, items)
        }
    }

    @Sendable
    func asked(_ text: String) -> Asked { Asked(parameter: self, text: text) }
}
