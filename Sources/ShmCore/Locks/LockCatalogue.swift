/// Does something for every lock type of the catalogue.
///
/// Where a visitor is a concrete type, the compiler specialises `visit(_:)` for each lock, so that code written once
/// runs as if it were written for that lock.
public protocol LockVisitor {
    /// Called once for each lock.
    mutating func visit<L: LockPrimitive & ~Copyable>(_ type: L.Type)
}

/// The one list of the locks.
public enum LockCatalogue {
    /// Shows every lock type to a visitor, in the order in which users see them.
    @inlinable
    public static func visit(_ visitor: inout some LockVisitor) {
        visitor.visit(NoLock.self)
        visitor.visit(RobustFutexLock.self)
        visitor.visit(FutexLock.self)
        visitor.visit(PthreadMutexLock.self)
        visitor.visit(PthreadRobustLock.self)
        visitor.visit(SysVSemaphoreUndoLock.self)
        visitor.visit(FlockLock.self)
    }
}
