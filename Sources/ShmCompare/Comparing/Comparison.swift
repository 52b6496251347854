internal import Glibc
package import ShmCoordinator
internal import ShmCore
internal import ShmRecord
package import ShmStatistics

/// Compares two programs or locks by measuring them alternately.
///
/// **Blocks.** A sample is a ``Block``: two fresh fleets that take turns on the same memory, or four rounds. Its figure is a
/// difference of logarithms. Without a difference between the programs, only coins decide its sign, for any noise and any
/// dependence between turns or rounds: the signed-rank interval needs no other assumption (``SignedRankInterval``).
///
/// **Cells** alternate as well: each pass measures one block of each unfinished cell, in a new random order.
///
/// **Looks.** After planned numbers of blocks (``ComparisonPlan``), each metric is judged. It is higher or lower if the
/// interval excludes no change and the estimate exceeds the threshold; it is equivalent if this or an earlier look has
/// proved a margin that is within its own; otherwise it is undecided. The looks end after two thirds of the time.
///
/// **Margins.** The margin of a metric is its threshold. With ``Settings/adaptsMargins`` it may be more, by the noise of the
/// control blocks (``EquivalenceMargin``). It is fixed at the first look.
///
/// **Confirmation.** A change is measured again in fresh blocks, and is reported only if these have the same direction. Their
/// estimate is free of selection bias. If no change is confirmed and time is left, judging goes on, without a second
/// confirmation of the same metric.
///
/// **Control.** During the first ``controlBlocks`` blocks of each cell, a third process measures the base a second time. If
/// the base differs from itself, and again in as many fresh blocks, the cell is not judged.
package struct Comparison {
    /// The process that measures a round.
    package enum Role: String { case base, candidate, control }

    package struct Settings {
        package var metrics: [Metric]
        /// Minimum relative changes to report, where they differ from the metrics' own.
        package var thresholds: [Metric: Double]
        /// Family-wise false-positive rate, over all cells, metrics and interim looks.
        package var falseAlarms: Double
        /// The time limit of the comparison, s.
        package var patience: Double
        package var seed: UInt64
        /// The number of owners to kill after each round.
        package var kills: Int
        /// Whether the margins of equivalence follow from the noise of the base (``EquivalenceMargin``).
        package var adaptsMargins = false

        package init(
            metrics: [Metric] = Metric.ofRounds, thresholds: [Metric: Double] = [:], falseAlarms: Double = 0.01,
            patience: Double = 60.0, seed: UInt64 = 0, kills: Int = 0
        ) {
            self.metrics = metrics
            self.thresholds = thresholds
            self.falseAlarms = falseAlarms
            self.patience = patience
            self.seed = seed
            self.kills = kills
        }

        package func threshold(_ metric: Metric) -> Double { thresholds[metric] ?? metric.usualThreshold }
    }

    /// A cell, with its lock on either side.
    package struct Pair: Equatable {
        package let load: Load
        package let baseLock: String
        package let candidateLock: String
        /// The number of owners to kill after each round.
        package var kills: Int

        package init(
            load: Load, baseLock: String, candidateLock: String, kills: Int = 0
        ) {
            self.load = load
            self.baseLock = baseLock
            self.candidateLock = candidateLock
            self.kills = kills
        }

        package func lock(_ role: Role) -> String { role == .candidate ? candidateLock : baseLock }
    }

    /// The stage of a cell.
    package enum Stage: Equatable {
        case judging
        /// Measures fresh blocks, with looks after these numbers of them.
        case confirming(looks: [Int])
        case done
    }

    /// Why the measurement of a cell ended although metrics were undecided.
    package enum Ending {
        /// The time was over.
        case time
        /// The error rate is planned for no more looks.
        case looks
        /// A change was confirmed, which decides the cell.
        case change
    }

    package struct Cell {
        package let pair: Pair
        package var stage: Stage
        package var blocks: [Block]
        package var fresh: [Block]
        package var control: [Block]
        /// The metrics in which the base differs from itself, by the first control blocks.
        package var suspects: [Metric: Direction]
        package var found: [Metric: Direction]
        /// The error rate that the looks for equivalence have spent.
        package var spending: AlphaSpending
        /// The margins that the looks have proved, as logarithms.
        package var proved: [Metric: Double] = [:]
        /// The margins that follow from the noise of the base; empty before the first look.
        package var margins: [Metric: EquivalenceMargin] = [:]
        /// The changes that fresh blocks did not confirm, with the number of these blocks. Each metric has one confirmation,
        /// on which the plan's error rate rests.
        package var refuted: [Metric: Int] = [:]
        package var ending: Ending?
        /// The broken promise of the candidate, and of the base; `nil` if it broke none.
        package var breach: String?
        package var baseBreach: String?

        package init(
            pair: Pair, spending: AlphaSpending, stage: Stage = Stage.judging, blocks: [Block] = [],
            fresh: [Block] = [], control: [Block] = [],
            suspects: [Metric: Direction] = [:], found: [Metric: Direction] = [:], breach: String? = nil,
            baseBreach: String? = nil
        ) {
            self.pair = pair
            self.spending = spending
            self.stage = stage
            self.blocks = blocks
            self.fresh = fresh
            self.control = control
            self.suspects = suspects
            self.found = found
            self.breach = breach
            self.baseBreach = baseBreach
        }

        package var isBroken: Bool { breach != nil || baseBreach != nil }

        /// Whether the cell needs more control blocks, including those that confirm a suspicion.
        package var needsControl: Bool {
            if isBroken { return false }
            return suspects.isEmpty
                ? stage == .judging && control.count < controlBlocks : control.count < 2 * controlBlocks
        }
    }

    /// The number of control blocks: all of them have one sign by chance with a probability of 1/1024.
    package static let controlBlocks = 11
    private static let looks = 8
    /// The part of the time in which cells are judged. The rest is for confirmations.
    private static let judgingShare = 2.0 / 3

    package let settings: Settings
    package let plan: ComparisonPlan
    package private(set) var cells: [Cell]
    private var generator: SplitMix64
    private var rounds = 0

    package init(_ pairs: [Pair], _ settings: Settings) {
        self.settings = settings
        generator = SplitMix64(state: settings.seed)
        let hypotheses = pairs.reduce(0) { sum, pair in
            sum
                + settings.metrics.count {
                    $0.isRatio && $0.isMeasured(workers: pair.load.workers, kills: pair.kills > 0)
                }
        }
        plan = ComparisonPlan(
            falseAlarmRate: settings.falseAlarms, hypotheses: max(1, hypotheses), looks: Self.looks,
            fewest: Self.controlBlocks)
        let spending = AlphaSpending(level: plan.equivalenceLevel)
        cells = pairs.map { Cell(pair: $0, spending: spending) }
    }

    /// Measures until all cells are decided or the time is over.
    ///
    /// - Parameters:
    ///   - elapsed: returns the seconds since the start.
    ///   - measure: measures a block.
    ///   - look: called after each block with the index of its cell.
    package mutating func run(
        elapsed: () -> Double, measure: (BlockRequest) throws -> Block,
        look: (Comparison, Int) -> Void = { _, _ in }
    ) throws {
        while true {
            let isOver = elapsed() > settings.patience
            let unfinished = cells.indices.filter { cells[$0].stage != .done || (cells[$0].needsControl && !isOver) }
            if unfinished.isEmpty { return }
            for index in unfinished.shuffled(using: &generator) {
                if cells[index].needsControl {
                    cells[index].control.append(try block(index, .control, measure))
                    if cells[index].control.count == Self.controlBlocks {
                        cells[index].suspects = differences(cells[index].control[...])
                    }
                }
                switch cells[index].stage {
                case _ where cells[index].isBroken: break
                case .judging:
                    cells[index].blocks.append(try block(index, .candidate, measure))
                    judge(index, elapsed: elapsed())
                case .confirming(let looks):
                    cells[index].fresh.append(try block(index, .candidate, measure))
                    let count = cells[index].fresh.count
                    let isOver = count >= looks[looks.count - 1] || elapsed() > settings.patience
                    if isOver || (looks.contains(count) && isConfirmed(cells[index])) {
                        conclude(index, isLast: elapsed() > settings.patience * Self.judgingShare)
                    }
                case .done: break
                }
                // More blocks cannot change the verdict of these cells.
                let isSettled =
                    cells[index].isBroken || (!cells[index].needsControl && controlFailure(cells[index]) != nil)
                if isSettled { cells[index].stage = .done }
                look(self, index)
            }
        }
    }

    private mutating func block(_ index: Int, _ other: Role, _ measure: (BlockRequest) throws -> Block) throws -> Block
    {
        let request = BlockRequest(
            pair: cells[index].pair, other: other, startsWithBase: Bool.random(using: &generator),
            firstRound: rounds + 1, seed: settings.seed ^ UInt64(rounds + 1) << 32)
        rounds += BlockRequest.rounds
        let block = try measure(request)
        if let broken = block.other.first(where: request.isBroken) {
            if other == .candidate {
                cells[index].breach = Self.breach(broken)
            } else {
                cells[index].baseBreach = Self.breach(broken)
            }
        }
        if let broken = block.base.first(where: request.isBroken) { cells[index].baseBreach = Self.breach(broken) }
        return block
    }

    private static func breach(_ record: Record) -> String {
        if record.number("kill_failures") ?? 0 > 0 {
            return
                "after \(record.text("kill_failures")) of \(counted(Int(record.text("kills")) ?? 0, "kill")) of an owner, a process hung or the data were wrong"
        }
        if record.text("integrity") == "stuck" { return "stuck: no worker made progress" }
        let found = [("overlaps", "overlaps of critical sections"), ("lost_updates", "lost updates")]
            .filter { record.number($0.0) ?? 0 > 0 }.map { "\(record.text($0.0)) \($0.1)" }
        return found.isEmpty ? "it failed the integrity check" : found.joined(separator: " and ")
    }

    // MARK: Judging

    private mutating func judge(_ index: Int, elapsed: Double) {
        let count = cells[index].blocks.count
        // Confirmation is not needed before the first look.
        let isEarly = count < plan.looks[0]
        let isLast = elapsed > settings.patience * (isEarly ? 1 : Self.judgingShare)
        guard isLast || plan.looks.contains(count) else { return }
        // There is no decision before the first look, and the control is not complete.
        if isEarly {
            cells[index].stage = .done
            return
        }
        let time = isLast ? 1 : elapsed / (settings.patience * Self.judgingShare)
        if settings.adaptsMargins && cells[index].margins.isEmpty {
            cells[index].margins = margins(cells[index], time: time)
        }
        let level = cells[index].spending.spend(at: plan.fraction(blocks: count, time: time))
        let cell = cells[index]
        cells[index].found = [:]
        for metric in settings.metrics where metric != .integrity {
            cells[index].proved[metric] = provedMargin(metric, cell, level: level)
            cells[index].found[metric] = decision(metric, cells[index])
        }
        for metric in cell.refuted.keys where differs(cells[index].found[metric]) {
            cells[index].found[metric] = .undecided
        }
        let found = cells[index].found
        let isWorse = found.contains { Self.isWorse($0.key, $0.value) }
        let isOpen = found.values.contains(.undecided)
        let hasLooks = cell.blocks.count < plan.looks[plan.looks.count - 1]
        guard isWorse || !isOpen || isLast || !hasLooks else { return }
        cells[index].ending = !isOpen ? nil : hasLooks ? .time : .looks
        guard found.values.contains(where: differs) else {
            cells[index].stage = .done
            return
        }
        cells[index].fresh = []
        cells[index].stage = .confirming(looks: ComparisonPlan.confirmationLooks(after: cell.blocks.count))
    }

    /// Ends a confirmation, and the cell, unless metrics are undecided and more blocks may decide them.
    ///
    /// Going on keeps the error rate: all looks of the first stage are planned, and no metric is confirmed twice.
    private mutating func conclude(_ index: Int, isLast: Bool) {
        let cell = cells[index]
        cells[index].stage = .done
        let confirmed = settings.metrics.filter { differs(cell.found[$0]) && isConfirmed(cell, $0) }
        for (metric, found) in cell.found where differs(found) && !confirmed.contains(metric) {
            cells[index].refuted[metric] = cell.fresh.count
        }
        guard cell.found.values.contains(.undecided) || confirmed.count < cell.found.values.count(where: differs) else {
            return
        }
        if !confirmed.isEmpty {
            cells[index].ending = .change
        } else if isLast {
            cells[index].ending = .time
        } else if cell.blocks.count >= plan.looks[plan.looks.count - 1] {
            cells[index].ending = .looks
        } else {
            cells[index].stage = .judging
        }
    }

    private func differs(_ found: Direction?) -> Bool { found == .higher || found == .lower }
}
