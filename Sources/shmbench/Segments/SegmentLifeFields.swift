internal import ShmCore
internal import ShmRecord
internal import ShmStatistics

/// A column of the times of a segment's life: schema 1, in its order. Append new fields.
typealias SegmentLifeColumn = Field<SegmentLife.Timing>

extension Field where Subject == SegmentLife.Timing {
    static let schema = 1

    static let all: [Field<SegmentLife.Timing>] = [
        schema(schema),
        Field(
            "operation", kind: .words(SegmentLife.operations), roles: .present,
            "`create`, `destroy`, `attach`, `numAttachments`, `detach`"
        ) { .text($0.operation) },
        Field(
            "attachments", title: "attached", kind: .count, roles: .present,
            "number of attachments during the measurement"
        ) { .integer($0.attachments) },
        Field("samples", kind: .count, roles: .present, "number of samples") { Value($0.times.samples) },
        percentile(50), percentile(90), percentile(99), percentile(99.9), percentile(100),
        Field("lock", kind: .text, roles: .present, "name of the segment's lock (`shmbench list`)") {
            .text($0.lock.name)
        },
        Field("size_bytes", kind: .count, "size of the segment's data") { Value($0.size.map(UInt64.init)) },
    ]

    private static func percentile(_ percent: Double) -> Field {
        let title = OperationTimes.title(percent)
        let doc =
            percent == 100
            ? "the longest time of the operation"
            : "\(title) of the time of the operation; empty if fewer than \(PercentileRule.beyond) samples lie beyond it"
        return Field(OperationTimes.column(percent), title: title, kind: .count, doc) { Value($0.times[percent]) }
    }
}

/// What the measurements of segments have in common.
struct SegmentLifeRequest {
    /// In bytes; `nil` if a file does not have it.
    let size: Int?
    let samples: Int
}

/// A member of `requested` in the JSON of `lifecycle`.
typealias SegmentLifeRequestColumn = Field<SegmentLifeRequest>

extension Field where Subject == SegmentLifeRequest {
    static let all: [Field<SegmentLifeRequest>] = [
        Field("size", kind: .count, unit: .bytes, "size of the segment's data") { Value($0.size.map(UInt64.init)) },
        Field("samples", kind: .count, roles: .present, "maximum number of samples of each operation") {
            .integer($0.samples)
        },
    ]
}
