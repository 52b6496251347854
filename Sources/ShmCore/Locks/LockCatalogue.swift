/// An operation that is generic over the lock type.
///
/// If the visitor is a concrete type, the compiler specialises `visit(_:)` for each lock, so code written once runs as
/// if it were written for that lock.
@_spi(Bench) public protocol LockVisitor {
    /// Called once for each lock type.
    mutating func visit<L: LockPrimitive & ~Copyable>(_ type: L.Type)
}

/// The single list of all locks.
@_spi(Bench) public enum LockCatalogue {
    /// Calls the visitor for every lock type, in the order in which `list` prints them. The plugin's, if one is loaded,
    /// comes last.
    @inlinable
    public static func visit(_ visitor: inout some LockVisitor) {
        visitBuiltIn(&visitor)
        if LockPlugin.isLoaded { visitor.visit(PluginLock.self) }
    }

    /// Calls the visitor for every lock type that this library implements.
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
        // Spinlocks on one shared word.
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
        // Queue locks: each waiter spins on a word of its own, or on one that it shares with few others.
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
