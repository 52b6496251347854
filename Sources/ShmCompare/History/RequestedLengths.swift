internal import ShmRecord
internal import ShmStatistics

/// Which runs of a cell are one series: those that asked for the same lengths of the throughput window and the warm-up, on
/// which tails and fairness depend. The measured length does not decide, because a busy machine lengthens it. Nor does the
/// number of rounds: a median over more rounds is of the same quantity.
struct RequestedLengths: Hashable {
    /// The columns of a round that tell.
    static let columns = ResultColumn.all.names(.request) + ["duration_s"]

    /// The requested lengths, s, in the order of the columns.
    let requested: [Double]

    /// What the rounds of one run tell.
    struct OfRun {
        /// `nil` if the file is older than the columns.
        private(set) var requested: RequestedLengths?
        private(set) var measured: [Double] = []

        mutating func add(_ round: [Double?]) {
            let asked = round.dropLast().compactMap(\.self)
            if requested == nil, asked.count == round.count - 1 { requested = RequestedLengths(requested: asked) }
            if let length = round.last ?? nil { measured.append(length) }
        }
    }

    /// The runs of one series.
    struct Group {
        fileprivate(set) var runs: Set<String>
        /// The lengths in words.
        let title: String
        /// Remarks on the runs that do not say what was requested, by length; none if their windows hardly differ.
        fileprivate(set) var remarks: [String] = []
        fileprivate let length: Double
    }

    /// Runs without the columns whose measured windows differ by more than this factor are separate series.
    private static let factor = 4.0

    /// The series, by length.
    static func groups(_ runs: [String: OfRun]) -> [Group] {
        var known: [RequestedLengths: Set<String>] = [:]
        for (run, lengths) in runs { if let asked = lengths.requested { known[asked, default: []].insert(run) } }
        let all = Array(known.keys)
        var groups = known.map { lengths, runs in
            Group(runs: runs, title: lengths.words(among: all), length: lengths.requested[0])
        }
        for cluster in clusters(runs.filter { $0.value.requested == nil }) {
            let names = Set(cluster.map(\.run))
            let (least, most) = (cluster.first?.length ?? 0, cluster.last?.length ?? 0)
            // Small differences are those of the measurement.
            let isRemarkable = most > 1.05 * least
            let near = groups.indices.filter { isNear(groups[$0].length, least) }.min {
                distance(groups[$0].length, least) < distance(groups[$1].length, least)
            }
            if let near {
                groups[near].runs.formUnion(names)
                groups[near].remarks.append(Self.remark(cluster.count, least, most))
            } else {
                groups.append(
                    Group(
                        runs: names, title: "windows of \(Figure.time(least * 1e9))",
                        remarks: isRemarkable ? [Self.remark(cluster.count, least, most)] : [], length: least))
            }
        }
        return groups.sorted { ($0.length, $0.title) < ($1.length, $1.title) }
    }

    /// Runs by their measured lengths, of which the longest of a cluster is at most ``factor`` times the shortest.
    private static func clusters(_ runs: [String: OfRun]) -> [[(run: String, length: Double)]] {
        let sorted = runs.map { (run: $0.key, length: median($0.value.measured) ?? 0) }.sorted { $0.length < $1.length }
        return sorted.reduce(into: []) { clusters, run in
            if let last = clusters.indices.last, run.length <= factor * clusters[last][0].length {
                clusters[last].append(run)
            } else {
                clusters.append([run])
            }
        }
    }

    private static func isNear(_ requested: Double, _ measured: Double) -> Bool {
        requested > 0 && measured > 0 && distance(requested, measured) <= factor
    }

    /// The ratio of the longer to the shorter.
    private static func distance(_ one: Double, _ other: Double) -> Double { max(one / other, other / one) }

    /// The window, and the warm-up if series differ in it alone.
    private func words(among all: [RequestedLengths]) -> String {
        let times = requested.map { Figure.time($0 * 1e9) }
        let others = all.filter { $0.requested.first == requested.first }
        return "windows of \(times[0])" + (others.count > 1 ? ", warm-up of \(times[1])" : "")
    }

    private static func remark(_ count: Int, _ least: Double, _ most: Double) -> String {
        let (short, long) = (Figure.time(least * 1e9), Figure.time(most * 1e9))
        let windows = short == long ? short : "\(short) to \(long)"
        return count == 1
            ? "1 run does not say which length was requested; its windows had \(windows)."
            : "\(count) runs do not say which length was requested; their windows had \(windows)."
    }
}
