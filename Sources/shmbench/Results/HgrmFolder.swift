internal import Glibc
internal import Histogram
internal import ShmCoordinator
internal import ShmHarness
internal import SystemPackage

/// A folder of latency distributions, a file a cell: all its rounds together, as HdrHistogram's tools read and plot them.
struct HgrmFolder {
    let path: String

    /// Makes the folder where there is none.
    init(_ path: String) throws {
        self.path = path
        if unsafe mkdir(path, 0o777) != 0 && errno != EEXIST {
            throw Failure("cannot make the folder \(path): \(Errno(rawValue: errno)); name another one with --hgrm")
        }
    }

    func write(_ summaries: [CellSummary]) throws {
        for line in summaries {
            let histograms = line.rows.compactMap { $0.latency?.acquire?.histogram }
            guard var all = histograms.first else { continue }
            for other in histograms.dropFirst() { all.add(other) }
            var text = ""
            // In µs, as is usual for these files.
            all.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1000)
            let rate = line.cell.spacing == .closed ? "" : "-\(Int(line.cell.rate))"
            let file = "\(path)/\(line.cell.scenario)-\(line.cell.lock)-\(line.cell.workers)\(rate).hgrm"
            do {
                let descriptor = try FileDescriptor.open(
                    FilePath(file), .writeOnly, options: [.create, .truncate, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupRead, .otherRead])
                try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
            } catch {
                throw Failure(
                    "cannot write \(file): \((error as? Errno)?.description ?? "\(error)"); name another folder with --hgrm"
                )
            }
        }
    }
}
