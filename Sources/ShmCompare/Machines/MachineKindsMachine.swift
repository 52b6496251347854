package import ShmRecord
internal import ShmStatistics

/// The columns by which results tell machines apart; the key of `MachineRounds`.
package struct MachineIdentity: Hashable, Sendable {
    package let hostname: String
    package let model: String
    package let cpus: String

    package init(_ record: Record) {
        (hostname, model, cpus) = (record.text("hostname"), record.text("cpu_model"), record.text("cpus"))
    }
}

/// What a machine calls itself.
package struct MachineNaming: Hashable, Sendable {
    package let model: String
    /// Empty in results of earlier versions.
    package let cores: String
    package let hypervisor: String

    /// Such as `AMD EPYC, 2 cores, kvm`.
    package var title: String {
        let parts = [
            model.isEmpty ? "unknown CPU" : model, cores.isEmpty ? "" : "\(cores) core\(cores == "1" ? "" : "s")",
            hypervisor == "none" ? "no hypervisor" : hypervisor,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

/// A machine of results, with the fingerprint in its rounds.
package struct FingerprintedMachine: Sendable {
    package let identity: MachineIdentity
    package let names: MachineNaming
    /// The figures by which it is told apart, by column, each the median over the machine's runs; empty in results of
    /// earlier versions.
    package let figures: [String: Double]

    package var hostname: String { identity.hostname }

    /// The machines of rounds, in the order in which they first occur. All rounds of a run have one fingerprint.
    package static func all(_ records: [Record]) -> [FingerprintedMachine] {
        var (order, runs): ([MachineIdentity], [MachineIdentity: [String: Record]]) = ([], [:])
        var last: (run: String, hostname: String)?
        for record in records {
            // The rounds of a run follow each other.
            let run = record.text("run_id")
            if let last, last.run == run, last.hostname == record.text("hostname") { continue }
            let identity = MachineIdentity(record)
            last = (run, identity.hostname)
            if runs[identity] == nil { order.append(identity) }
            if runs[identity]?[run] == nil { runs[identity, default: [:]][run] = record }
        }
        return order.map { FingerprintedMachine($0, (runs[$0] ?? [:]).sorted { $0.key < $1.key }.map(\.value)) }
    }

    /// - Parameter runs: a round of each run.
    private init(_ identity: MachineIdentity, _ runs: [Record]) {
        // A run of an earlier version has no names.
        func name(_ column: String) -> String { runs.last { !$0.text(column).isEmpty }?.text(column) ?? "" }
        self.identity = identity
        let names = MachineNaming(model: identity.model, cores: name("cores"), hypervisor: name("hypervisor"))
        self.names = names
        figures = MachineFigure.all.filter { !$0.dependsOnHost || names.hypervisor == "none" }.reduce(into: [:]) {
            figures, figure in
            figures[figure.column] = ShmStatistics.median(
                runs.compactMap { $0.number(figure.column) }.filter { $0 > 0 && $0.isFinite })
        }
    }

    /// The median of a figure over machines that have it.
    static func median(_ column: String, of machines: [FingerprintedMachine]) -> Double? {
        ShmStatistics.median(machines.compactMap { $0.figures[column] })
    }
}
