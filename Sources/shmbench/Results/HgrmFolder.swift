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
        if unsafe mkdir(path, 0o777) != 0 && (errno != EEXIST || !isFolder) {
            throw Failure("cannot make the folder \(path): \(Errno(rawValue: errno)); name another one with --hgrm")
        }
    }

    private var isFolder: Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            errno = ENOTDIR
            return false
        }
        return unsafe access(path, W_OK) == 0
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
