internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The promises of locks over several machines as tables and sentences.
struct PromiseTable {
    let map: PromiseMap

    private var hasFaults: Bool { map.lines.contains { !$0.fault.isEmpty } }
    private var count: String { counted(map.machines.count, "machine") }
    private func names(_ indices: [Int]) -> String { MachineWords.list(indices.map { map.machines[$0] }) }

    private func share(_ indices: [Int]) -> String {
        indices.count == map.machines.count ? "all \(indices.count)" : indices.isEmpty ? "-" : names(indices)
    }

    private var cells: CellTable {
        let lines = shown
        let fault = hasFaults ? [CellTable.Column(title: "fault", texts: lines.map(\.fault))] : []
        let paths =
            lines.contains { !$0.partialPaths.isEmpty }
            ? [
                CellTable.Column(
                    title: "paths tested in part",
                    texts: lines.map { line in line.partialPaths.map(\.path).joined(separator: ", ") })
            ] : []
        return CellTable(
            columns: [.init(title: "lock", texts: lines.map(\.lock))] + fault + [
                .init(title: "kept on", texts: lines.map { share($0.kept) }),
                .init(title: "BROKEN on", texts: lines.map { share($0.broken) }),
                .init(title: "not tested on", texts: lines.map { share($0.untested) }),
            ] + paths)
    }

    /// The lines that are worth a row: each lock of a crash test, and of a stress test what is not kept everywhere.
    private var shown: [PromiseMap.Line] { hasFaults ? map.lines.filter { !$0.isKeptEverywhere } : map.lines }

    func text(_ page: Page) -> String {
        let table = shown.isEmpty ? "" : page.wrapped(caption) + "\n" + cells.folded(page) + "\n"
        return table + sentences.map { page.wrapped($0) + "\n" }.joined()
    }

    var markdown: String {
        let table = shown.isEmpty ? "" : "**\(caption)**\n\n\(cells.markdown)\n\n"
        return table + sentences.map { $0 + "\n" }.joined()
    }

    private var caption: String {
        hasFaults && shown.count < map.lines.count
            ? "Promises that were not kept on each of \(count)" : "Promises on \(count)"
    }

    // MARK: In words

    /// The number of broken promises that are named.
    private static let mostBroken = 20

    var sentences: [String] {
        let kept = map.lines.count(where: \.isKeptEverywhere)
        let all = map.lines.count
        let what = hasFaults ? "promises of lock and fault" : "locks"
        let first =
            kept == all
            ? "All \(all) \(what) were kept on each of \(count)."
            : "\(kept) of \(all) \(what) were tested and kept on each of \(count)."
        let untested = map.lines.filter { !$0.untested.isEmpty }
        let partial = map.lines.flatMap { line in
            line.partialPaths.map { "\(line.lock): \($0.path) not on \(names($0.untested))" }
        }
        return [hasFaults ? first : first.replacing("locks were", with: "locks' promises were")] + broken
            + (untested.isEmpty ? [] : ["Not tested: \(reasons(untested))."])
            + (partial.isEmpty ? [] : ["Paths not tested everywhere: \(shortened(partial))."])
    }

    /// A sentence per broken promise, with the machines that break it.
    private var broken: [String] {
        let lines = map.lines.filter { !$0.broken.isEmpty }.map { line in
            let under = line.fault.isEmpty ? "" : " under \(line.fault)"
            let first = line.broken.first.flatMap { index in
                if case .broken(let words) = line.outcomes[index] { words } else { nil }
            }
            let kept = line.kept.isEmpty ? "" : "; kept on \(names(line.kept))"
            return "\(line.lock) breaks its promise\(under) on \(share(line.broken)): \(first ?? "")\(kept)."
        }
        return lines.prefix(Self.mostBroken)
            + (lines.count > Self.mostBroken ? ["\(lines.count - Self.mostBroken) more promises were broken."] : [])
    }

    /// What each machine did not test.
    private func reasons(_ lines: [PromiseMap.Line]) -> String {
        shortened(
            map.machines.indices.compactMap { index in
                let own = lines.filter { $0.untested.contains(index) }
                if own.isEmpty { return nil }
                let titles = own.map { [$0.lock, $0.fault].filter { !$0.isEmpty }.joined(separator: " under ") }
                return
                    "\(map.machines[index]): \(own.count == map.lines.count ? "everything" : MachineWords.list(titles))"
            })
    }

    private func shortened(_ parts: [String]) -> String {
        parts.prefix(10).joined(separator: "; ") + (parts.count > 10 ? "; and \(parts.count - 10) more" : "")
    }

    // MARK: On a page

    /// A row per lock or promise, and a column per machine; of many machines the lists of the table.
    var table: Exhibit.Table {
        if map.machines.count > MachineSlice.mostMachines { return cells.exhibit(caption) }
        let fault = hasFaults ? [Exhibit.Table.Column("fault")] : []
        return Exhibit.Table(
            "Promises on each machine", [.init("lock")] + fault + map.machines.map { .init($0) },
            map.lines.map { line in
                [.init(line.lock)] + (hasFaults ? [.init(line.fault)] : []) + line.outcomes.map(Self.cell)
            })
    }

    private static func cell(_ outcome: PromiseMap.Outcome) -> Exhibit.Table.Cell {
        switch outcome {
        case .kept: .init("kept", .good)
        case .broken(let words): .init("BROKEN", detail: words, .bad)
        case .untested(let reason): .init("not tested", detail: reason.isEmpty ? nil : reason, .empty)
        }
    }
}
