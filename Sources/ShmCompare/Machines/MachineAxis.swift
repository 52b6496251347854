internal import ShmRecord

/// A column by whose values machines are compared: what an upgrade or a purchase changes.
package enum MachineAxis: String, CaseIterable, Sendable {
    case kernel, libc
    case cpuModel = "cpu_model"
    case toolVersion = "tool_version"

    /// The column of results files.
    package var column: String { rawValue }

    /// The name in sentences.
    package var title: String {
        switch self {
        case .kernel, .libc: rawValue
        case .cpuModel: "CPU model"
        case .toolVersion: "version of shmbench"
        }
    }

    /// The columns besides the axis that may explain a difference: machines that agree in them are alike. Files of older
    /// versions lack some, which are then empty everywhere.
    var others: [String] {
        ["cpu_model", "cpus", "hypervisor", "kernel", "libc", "tool_version"].filter { $0 != column }
    }

    /// Whether one value comes before another: numbers in them by their size, so that 6.9 precedes 6.18.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let (one, other) = (parts(left), parts(right))
        for (first, second) in zip(one, other) where first != second {
            if let first = Double(first), let second = Double(second), first != second { return first < second }
            return first < second
        }
        return (one.count, left) < (other.count, right)
    }

    /// Runs of digits, and what separates them.
    private static func parts(_ text: String) -> [String] {
        var parts: [String] = []
        var wasDigit: Bool?
        for character in text {
            let isDigit = character.isASCII && character.isNumber
            if isDigit == wasDigit { parts[parts.count - 1].append(character) } else { parts.append(String(character)) }
            wasDigit = isDigit
        }
        return parts
    }
}
