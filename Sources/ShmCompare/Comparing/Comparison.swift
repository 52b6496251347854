internal import Glibc
package import ShmCoordinator
internal import ShmCore
package import ShmRecord
package import ShmStatistics

/// Compares two things by measuring them in turn.
///
/// **Blocks.** A sample is a block of four rounds, `A B B A` or `B A A B` by the toss of a coin; a round is a fleet of fresh
/// processes. A block's figure is the difference of the logarithms' means: whatever drifts in a straight line falls out of
/// it. If there is no difference, the coin alone decides on its sign, whatever the noise is like and however rounds hang
/// together: that is all that the signed-rank interval needs (``SignedRankInterval``).
///
/// **Cells** are measured in turn too: each pass gives each open cell one block, in a new random order.
///
/// **Looks.** After some numbers of blocks it is looked whether all is decided (``ComparisonPlan``): each metric is either
/// more, or less, by more than its threshold, with an interval that excludes no change; or the same, with an interval within
/// the thresholds. What is not decided by the end of two thirds of the time is inconclusive.
///
/// **Confirmation.** Whatever was found to differ is measured anew, in fresh blocks, and counts only if these say the same.
/// The figure that they give is free of the luck of having been selected.
///
/// **Control.** Beside the first ``controlBlocks`` blocks of each cell, a third process measures the base a second time. Where
/// the base differs from itself, and again in as many fresh blocks, the cell is not judged.
package struct Comparison {
    /// Who measures a round.
    package enum Role: String { case base, candidate, control }

    package struct Settings {
        package var metrics: [Metric]
        /// The least changes that count, as shares.
        package var thresholds: [Metric: Double]
        /// The chance of a false alarm in the whole comparison, at most.
        package var falseAlarms: Double
        /// For all of it, s.
        package var patience: Double
        package var seed: UInt64
        /// Owners killed after each round.
        package var kills: Int

        package init(
            metrics: [Metric] = Metric.all, thresholds: [Metric: Double] = [:], falseAlarms: Double = 0.01,
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

    /// A cell of both sides.
    package struct Pair {
        package let load: Load
        package let baseLock: String
        package let candidateLock: String
        /// Whether owners are killed.
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

    /// Four rounds: two of each.
    package struct Block {
        package var base: [Record]
        package var other: [Record]

        package init(
            base: [Record] = [], other: [Record] = []
        ) {
            self.base = base
            self.other = other
        }

        /// The logarithm of the ratio of the other to the base; `nil` where one was not measured.
        package func logRatio(_ metric: Metric) -> Double? {
            let (base, other) = (base.compactMap(metric.logarithm), other.compactMap(metric.logarithm))
            return base.count == 2 && other.count == 2 ? (other[0] + other[1] - base[0] - base[1]) / 2 : nil
        }
    }

    /// How far a cell is.
    package enum Stage: Equatable {
        case judging
        /// In fresh blocks, which are looked at after these numbers.
        case confirming(looks: [Int])
        case done
    }

    package struct Cell {
        package let pair: Pair
        package var stage: Stage
        package var blocks: [Block]
        package var fresh: [Block]
        package var control: [Block]
        /// In what the base differs from itself by the first control blocks.
        package var suspects: [Metric: Direction]
        package var found: [Metric: Direction]
        /// Why the candidate is broken, or the base.
        package var breach: String?
        package var baseBreach: String?

        package init(
            pair: Pair, stage: Stage = Stage.judging, blocks: [Block] = [], fresh: [Block] = [], control: [Block] = [],
            suspects: [Metric: Direction] = [:], found: [Metric: Direction] = [:], breach: String? = nil,
            baseBreach: String? = nil
        ) {
            self.pair = pair
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

        /// Whether control blocks are missing, those that confirm a suspicion among them.
        package var needsControl: Bool {
            if isBroken { return false }
            return suspects.isEmpty
                ? stage == .judging && control.count < controlBlocks : control.count < 2 * controlBlocks
        }
    }

    /// So many blocks in a row differ with a chance of one in 1,024.
    package static let controlBlocks = 11
    private static let looks = 8

    package let settings: Settings
    package let plan: ComparisonPlan
    package private(set) var cells: [Cell]
    private var generator: SplitMix64
    private var rounds = 0

    package init(_ pairs: [Pair], _ settings: Settings) {
        self.settings = settings
        cells = pairs.map { Cell(pair: $0) }
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
    }

    /// Measures until all is decided or the time is over.
    ///
    /// - Parameters:
    ///   - elapsed: seconds since the beginning.
    ///   - measure: measures a round; the number is unique.
    ///   - look: called after each block, with the cell.
    package mutating func run(
        elapsed: () -> Double, measure: (Role, Pair, Int) throws -> Record,
        look: (Comparison, Int) -> Void = { _, _ in }
    ) throws {
        while true {
            let isOver = elapsed() > settings.patience
            let open = cells.indices.filter { cells[$0].stage != .done || (cells[$0].needsControl && !isOver) }
            if open.isEmpty { return }
            for index in open.shuffled(using: &generator) {
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
                    // Before the first look there is nothing to confirm that time would have to be kept for.
                    let share = cells[index].blocks.count < plan.looks[0] ? 1 : 2.0 / 3
                    judge(index, isLast: elapsed() > settings.patience * share)
                case .confirming(let looks):
                    cells[index].fresh.append(try block(index, .candidate, measure))
                    let count = cells[index].fresh.count
                    let isOver = count >= looks[looks.count - 1] || elapsed() > settings.patience
                    if isOver || (looks.contains(count) && isConfirmed(cells[index])) { cells[index].stage = .done }
                case .done: break
                }
                // Of these nothing will be judged, however much is measured.
                let isPointless =
                    cells[index].isBroken || (!cells[index].needsControl && controlFailure(cells[index]) != nil)
                if isPointless { cells[index].stage = .done }
                look(self, index)
            }
        }
    }

    private mutating func block(_ index: Int, _ other: Role, _ measure: (Role, Pair, Int) throws -> Record) throws
        -> Block
    {
        let order: [Role] =
            Bool.random(using: &generator) ? [.base, other, other, .base] : [other, .base, .base, other]
        var block = Block()
        for role in order {
            rounds += 1
            let record = try measure(role, cells[index].pair, rounds)
            if role == .base { block.base.append(record) } else { block.other.append(record) }
            // A control may fail the integrity check, but only beside another control: beside a lock it counts as a lock.
            let failsIntegrity = record.text("integrity") == RoundResult.Integrity.failed.rawValue
            let isExcused =
                role != .candidate || !(LockKind(named: cells[index].pair.baseLock)?.properties.excludes ?? true)
            if record.isAsPromised && (!failsIntegrity || isExcused) { continue }
            if role == .candidate {
                cells[index].breach = Self.breach(record)
            } else {
                cells[index].baseBreach = Self.breach(record)
            }
            // Nothing will be judged, and a stuck round takes long.
            break
        }
        return block
    }

    private static func breach(_ record: Record) -> String {
        if record.number("kill_failures") ?? 0 > 0 {
            return
                "after \(record.text("kill_failures")) of \(record.text("kills")) kills of an owner somebody waited for ever, or the data were wrong"
        }
        if record.text("integrity") == "stuck" { return "it got stuck: no worker made progress" }
        let found = [("overlaps", "sections met another owner"), ("lost_updates", "updates were lost")]
            .filter { record.number($0.0) ?? 0 > 0 }.map { "\(record.text($0.0)) \($0.1)" }
        return found.isEmpty ? "it failed the integrity check" : found.joined(separator: ", and ")
    }

    // MARK: Judging

    private mutating func judge(_ index: Int, isLast: Bool) {
        let cell = cells[index]
        guard isLast || plan.looks.contains(cell.blocks.count) else { return }
        // Fewer blocks than for the first look decide nothing, nor is the control done by then.
        if cell.blocks.count < plan.looks[0] {
            cells[index].stage = .done
            return
        }
        cells[index].found = [:]
        for metric in settings.metrics where metric != .integrity {
            cells[index].found[metric] = finding(metric, cell.blocks, confidence: plan.confidence)
        }
        let found = cells[index].found
        let isWorse = found.contains { Self.isWorse($0.key, $0.value) }
        let isDecided = !found.values.contains(.open) || isLast || cell.blocks.count >= plan.looks[plan.looks.count - 1]
        guard isWorse || isDecided else { return }
        let differs = found.values.contains { $0 == .higher || $0 == .lower }
        cells[index].stage =
            differs ? .confirming(looks: ComparisonPlan.confirmationLooks(after: cell.blocks.count)) : .done
    }
}
