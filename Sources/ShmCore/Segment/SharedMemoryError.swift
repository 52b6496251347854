public import SystemPackage

/// Why an operation on a segment failed.
public struct SharedMemoryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure: the nine errors of Qt's QSharedMemory, with its values.
    public enum Code: Int, Sendable, CaseIterable {
        /// The size is not positive, larger than a file can be, or larger than the existing segment.
        case invalidSize = 0
        /// The key prevents the operation: it is empty, too long or contains a NUL; the handle is in use with another
        /// key; or the object of that name is not a usable segment.
        case keyError = 1
        /// A segment, or another object, already has that name; or the handle is already attached.
        case alreadyExists = 2
        /// There is not enough memory.
        case outOfMemory = 3
        /// A limit is reached: descriptors, mappings, semaphore sets, record locks.
        case outOfResources = 4
        /// No live segment has that key, or the handle is not attached.
        case notFound = 5
        /// Access is denied.
        case permissionDenied = 6
        /// The lock cannot be used: the segment was destroyed, the handle already holds the lock or does not hold it,
        /// or the lock is broken.
        case lockError = 7
        /// Another error of the operating system.
        case unknownError = 8
    }

    /// The kind of failure.
    public let code: Code
    /// The error number of the system call that failed, if one did.
    public let errno: Errno?
    /// The operation that failed: "create", "attach to", ….
    public let operation: String
    /// The key of the segment.
    public let key: String
    /// Why the operation failed and what to do about it.
    public let reason: String

    /// One line: the operation, the key, the cause, the remedy and the error number's meaning.
    public var description: String {
        let system = errno.map { " [\($0.description)]" } ?? ""
        return "cannot \(operation) segment \(Self.quoted(key)): \(reason)\(system)"
    }

    /// A key that is safe to print: quoted, control characters escaped, cut after 64 characters.
    private static func quoted(_ key: String) -> String {
        let shown = key.count > 64 ? key.prefix(64) + "…" : key[...]
        return shown.debugDescription
    }
}
