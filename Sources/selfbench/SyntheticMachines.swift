internal import Glibc
internal import ShmRecord

/// Results files of machines that there are not: the rounds of a real file, with other names, speeds and noise.
struct SyntheticMachines {
    private let columns: [String]
    private let template: [[String]]
    /// How each column follows the speed of a lock: as a rate, as a time, or not at all.
    private let powers: [Double]
    private var random = Random(seed: 22)

    private static let kernels = ["6.1.0-40-amd64", "6.12.48+deb13-cloud-amd64", "6.18.2-arch1-1", "6.8.0-87-generic"]
    private static let models = [
        ("AMD EPYC 7B13", 2), ("AMD EPYC 9B14", 4), ("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", 8),
        ("Intel(R) Xeon(R) CPU E5-2673 v4 @ 2.30GHz", 2), ("Neoverse-V2", 16),
    ]

    /// - Parameter template: a results file with a round of each cell.
    init(_ template: String) throws {
        let lines = try CSVLines(template, path: "the template").records.map(\.fields)
        columns = lines[0]
        self.template = Array(lines.dropFirst())
        powers = columns.map { name in
            if name == "acquisitions" || name == "throughput_per_s" { return 1 }
            let isTime =
                name.hasSuffix("_ns")
                && ["acquire_", "hold_", "handoff_", "reacquire_"].contains {
                    name.hasPrefix($0)
                }
            return isTime ? -1 : 0
        }
    }

    /// The number of rounds of a file.
    func rows(rounds: Int) -> Int { template.count * rounds }

    /// The file of the next machine.
    mutating func file(machine: Int, rounds: Int) -> String {
        let (model, cpus) = Self.models[machine % Self.models.count]
        let texts = [
            "run_id": "20260101T000000Z-\(100_000 + machine)", "hostname": "node-\(1000 + machine).example.org",
            "kernel": Self.kernels[machine / 2 % Self.kernels.count], "cpu_model": model, "cpus": "\(cpus)",
        ]
        let speed = exp(0.3 * random.normal())
        let speeds = template.map { _ in speed * exp(0.2 * random.normal()) }
        var text = line(columns)
        for round in 1...rounds {
            for (row, own) in zip(template, speeds) {
                let factor = own * exp(0.02 * random.normal())
                text += line(
                    row.indices.map { index in
                        if columns[index] == "round" { return "\(round)" }
                        return texts[columns[index]] ?? Self.scaled(row[index], pow(factor, powers[index]))
                    })
            }
        }
        return text
    }

    /// A number times a factor, with as many decimals.
    private static func scaled(_ text: String, _ factor: Double) -> String {
        guard factor != 1, let number = Double(text) else { return text }
        return Figure.decimal(number * factor, text.split(separator: ".").dropFirst().first?.count ?? 0)
    }

    private func line(_ cells: [String]) -> String {
        cells.map { $0.utf8.contains(UInt8(ascii: ",")) ? "\"\($0)\"" : $0 }.joined(separator: ",") + "\n"
    }
}
