/// Does something for every lock type of the catalogue.
///
/// Where a visitor is a concrete type, the compiler specialises `visit(_:)` for each lock, so that code written once
/// runs as if it were written for that lock.
@_spi(Bench) public protocol LockVisitor {
    /// Called once for each lock.
    mutating func visit<L: LockPrimitive & ~Copyable>(_ type: L.Type)
}

/// The one list of the locks.
@_spi(Bench) public enum LockCatalogue {
    /// Shows every lock type to a visitor, in the order in which users see them; the plugin's, if there is one, last.
    @inlinable
    public static func visit(_ visitor: inout some LockVisitor) {
        visitBuiltIn(&visitor)
        if LockPlugin.isLoaded { visitor.visit(PluginLock.self) }
    }

    /// Shows every lock type of this library.
    @inlinable
    static func visitBuiltIn(_ visitor: inout some LockVisitor) {
        // Controls: what the loop costs without a lock.
        visitor.visit(NoLock.self)
        visitor.visit(AtomicAddControl.self)
        // A word and futex(2).
        visitor.visit(RobustFutexLock.self)
        visitor.visit(FutexLock.self)
        visitor.visit(FutexSpinLock.self)
        visitor.visit(FutexHandoffLock.self)
        visitor.visit(FutexPILock.self)
        visitor.visit(FutexRWLock.self)
        // glibc's.
        visitor.visit(PthreadMutexLock.self)
        visitor.visit(PthreadAdaptiveLock.self)
        visitor.visit(PthreadRobustLock.self)
        visitor.visit(PthreadPILock.self)
        visitor.visit(PthreadRobustPILock.self)
        visitor.visit(PthreadRWLock.self)
        // Kernel objects.
        visitor.visit(PosixSemaphoreLock.self)
        visitor.visit(PosixNamedSemaphoreLock.self)
        visitor.visit(SysVSemaphoreLock<Kept>.self)
        visitor.visit(SysVSemaphoreLock<Undone>.self)
        visitor.visit(FlockLock.self)
        visitor.visit(OFDRecordLock.self)
        visitor.visit(POSIXRecordLock.self)
        visitor.visit(PipeTokenLock.self)
        visitor.visit(MessageQueueTokenLock.self)
        // One word for all waiters to look at.
        visitor.visit(TASLock<Spinning>.self)
        visitor.visit(TASLock<Yielding>.self)
        visitor.visit(TTASBackoffLock<Spinning>.self)
        visitor.visit(TTASBackoffLock<Yielding>.self)
        visitor.visit(PthreadSpinLock.self)
        visitor.visit(SeqLock.self)
        visitor.visit(TicketLock<Spinning, Eager>.self)
        visitor.visit(TicketLock<Yielding, Eager>.self)
        visitor.visit(TicketLock<Spinning, Backoff>.self)
        visitor.visit(TicketLock<Yielding, Backoff>.self)
        visitor.visit(TWALock<Spinning>.self)
        visitor.visit(TWALock<Yielding>.self)
        // A place for each waiter to look at.
        visitor.visit(MCSLock.self)
        visitor.visit(MCSParkLock.self)
        visitor.visit(CLHLock.self)
        visitor.visit(HemlockLock.self)
        visitor.visit(ReciprocatingLock.self)
        visitor.visit(HapaxLock.self)
        // Without read-modify-write instructions.
        visitor.visit(BakeryLock.self)
    }
}
