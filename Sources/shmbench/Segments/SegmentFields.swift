internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// A column of the segments of this machine: schema 1, in its order. Append new fields.
typealias SegmentColumn = Field<SegmentEntry>

extension Field where Subject == SegmentEntry {
    static let schema = 1

    static let all: [Field<SegmentEntry>] = [
        schema(schema),
        Field(
            "what", kind: .words(SegmentEntry.kinds), roles: .present,
            "`segment`, `lease` of a run, or the named object of a lock: `semaphore`, `FIFO`, `file`, `queue`"
        ) { .text($0.what) },
        Field("name", title: "key or path", kind: .text, roles: .present, "key of the segment, or path of the file") {
            .text($0.name)
        },
        Field("bytes", kind: .count, unit: .bytes, "size of the segment's data; empty if it is not a segment") {
            Value($0.segment.map { UInt64($0.size) })
        },
        Field("lock", kind: .text, "name of the segment's lock") { Value($0.segment?.lockName) },
        Field("attachments", title: "attached", kind: .count, "number of attached handles") {
            Value($0.segment.map { UInt64($0.numAttachments) })
        },
        Field("creator_pid", title: "creator", kind: .count, "process that created the segment") {
            Value($0.segment.map { UInt64($0.creatorPID) })
        },
        Field("user_id", title: "user", kind: .count, roles: .present, "user that owns the file") {
            .integer(Int($0.userID))
        },
        Field(
            "leftover", kind: .boolean, roles: .present, "whether `shmbench segments --remove` removes the entry"
        ) { .boolean($0.outcome.isRemoval) },
        Field(
            "reason", kind: .text, roles: .present,
            "why the entry is a leftover, or why it is not; with `--remove`, why it could not be removed"
        ) { .text($0.trouble ?? $0.outcome.reason) },
        Field("removed", kind: .boolean, "whether it was removed; empty without `--remove`") { Value($0.isRemoved) },
    ]
}
