/// Unequal critical sections: classes of workers, each with a share of the workers and a busy time of its own.
public struct SectionShares: Sendable, Hashable {
    /// The workers with one busy time.
    public struct WorkerClass: Sendable, Hashable {
        /// Its share of the workers, relative to the other weights.
        public let weight: Int
        /// The busy time inside its critical sections, ns.
        public let busy: Int

        /// Takes the busy time in nanoseconds.
        public init(weight: Int, busy: Int) {
            self.weight = weight
            self.busy = busy
        }
    }

    /// The number of classes that a load may have.
    public static let classLimits = 2...8
    /// The weights that a class may have.
    public static let weightLimits = 1...4096

    /// The classes by ascending busy time. Their weights have no common divisor, so equal shares have one notation.
    public let classes: [WorkerClass]

    /// The classes in any order; `nil` if their number or a weight is outside its limits, or two have the same busy time.
    public init?(_ classes: [WorkerClass]) {
        guard Self.classLimits.contains(classes.count), Set(classes.map(\.busy)).count == classes.count,
            classes.allSatisfy({ Self.weightLimits.contains($0.weight) && $0.busy >= 0 })
        else { return nil }
        let divisor = classes.map(\.weight).reduce(0, Self.commonDivisor)
        self.classes = classes.sorted { $0.busy < $1.busy }.map {
            WorkerClass(weight: $0.weight / divisor, busy: $0.busy)
        }
    }

    private static func commonDivisor(_ one: Int, _ other: Int) -> Int {
        other == 0 ? one : commonDivisor(other, one % other)
    }

    /// The mean busy time, each class counted by its weight, ns.
    public var mean: Int {
        let sum = classes.reduce(0.0) { $0 + Double($1.weight) * Double($1.busy) }
        return Int((sum / Double(total)).rounded())
    }

    /// The longest busy time, ns.
    public var longest: Int { classes.map(\.busy).max() ?? 0 }

    private var total: Int { classes.reduce(0) { $0 + $1.weight } }

    /// The number of workers in each class: in proportion to the weights, by the largest remainder. A tie goes to the
    /// shorter busy time.
    public func counts(workers: Int) -> [Int] {
        var counts = classes.map { workers * $0.weight / total }
        let remainders = classes.map { workers * $0.weight % total }
        let ranked = classes.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
        for index in ranked.prefix(workers - counts.reduce(0, +)) { counts[index] += 1 }
        return counts
    }

    /// Whether each class has a worker.
    public func fits(workers: Int) -> Bool { !counts(workers: workers).contains(0) }

    /// The class of each worker. Classes alternate as evenly as possible along the CPUs, so that each CPU has workers of
    /// several classes if it has several workers.
    ///
    /// - Parameter cpus: the CPU of each worker; `nil` for a worker that the scheduler places.
    public func assignment(cpus: [Int?]) -> [Int] {
        let counts = counts(workers: cpus.count)
        let order = cpus.indices.sorted { (cpus[$0] ?? 0, $0) < (cpus[$1] ?? 0, $1) }
        var credits = counts.map { _ in 0 }
        var assignment = cpus.map { _ in 0 }
        for worker in order {
            for index in credits.indices { credits[index] += counts[index] }
            let next = credits.indices.reduce(0) { credits[$1] > credits[$0] ? $1 : $0 }
            credits[next] -= cpus.count
            assignment[worker] = next
        }
        return assignment
    }

    /// The mean of a figure of each class, counted by its weight.
    func mean(of figures: [Double]) -> Double {
        zip(classes, figures).reduce(0) { $0 + Double($1.0.weight) * $1.1 } / Double(total)
    }
}
