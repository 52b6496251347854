public import SystemPackage

/// Why an operation on a segment failed.
public struct SharedMemoryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong: the nine errors of Qt's QSharedMemory, with its values.
    public enum Code: Int, Sendable, CaseIterable {
        /// A segment of the requested size cannot be allocated: the size is not positive, or larger than any file can
        /// be.
        case invalidSize = 0
        /// The key prevented the operation: it is empty, too long or holds a NUL; another key is attached; or what
        /// has that name is not a usable segment.
        case keyError = 1
        /// A segment, or something else, already has that name; or the handle is already attached.
        case alreadyExists = 2
        /// There is not enough memory.
        case outOfMemory = 3
        /// A limit was reached: descriptors, mappings, semaphore sets, record locks.
        case outOfResources = 4
        /// No live segment has that key.
        case notFound = 5
        /// Access rights are missing.
        case permissionDenied = 6
        /// The lock cannot be used: the segment was destroyed, the handle holds the lock already or does not hold it,
        /// or the lock is broken.
        case lockError = 7
        /// Another error of the system.
        case unknownError = 8
    }

    /// What went wrong.
    public let code: Code
    /// What the system said, where a system call failed.
    public let errno: Errno?
    /// What was being done: "create", "attach", ….
    public let operation: String
    /// To which segment.
    public let key: String
    /// Why it failed and what to do about it, in words.
    public let reason: String

    /// One line: what was being done, to what, why it failed, what to do.
    public var description: String {
        let system = errno.map { " [\($0.description)]" } ?? ""
        return "cannot \(operation) segment \(Self.quoted(key)): \(reason)\(system)"
    }

    /// A key as it is safe to print: quoted, control characters escaped, cut after 64 characters.
    private static func quoted(_ key: String) -> String {
        let shown = key.count > 64 ? key.prefix(64) + "…" : key[...]
        return shown.debugDescription
    }
}
