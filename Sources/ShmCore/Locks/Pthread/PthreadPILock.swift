public import Glibc

/// glibc's priority-inheriting process-shared mutex: its owner runs with the priority of the most urgent waiter.
///
/// Source: `pthread_mutexattr_setprotocol(3)`, `PTHREAD_PRIO_INHERIT`; the kernel's side is `FUTEX_LOCK_PI` in
/// `futex(2)`, which hands the lock to the first waiter instead of letting it be taken.
///
/// Memory ordering: as ``PthreadMutexLock``. Owner death: the kernel hands the lock to a waiter that sleeps, where glibc
/// (2.36) finds the mark of the dead, which a mutex that is not robust must not have, and *aborts that process*; where
/// nobody slept, whoever comes later waits for ever.
///
/// glibc aborts the process where the kernel refuses the word, which happens only if it was overwritten.
@_spi(Bench) @safe public struct PthreadPILock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-pi", family: .pthread, ownerDeath: .hangs, priorityInheritance: true,
            onePIDNamespace: true, summary: "glibc's mutex with priority inheritance")
    }

    /// Why the machine has no priority inheritance.
    public static var obstacle: String? { PthreadMutex.obstacle(attributes) }

    /// `PTHREAD_PRIO_INHERIT`.
    public static var attributes: PthreadMutexAttributes { .inherit }

    /// Takes part in a mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's priority-inheriting process-shared mutex.
    public static let pthreadPI = LockKind(PthreadPILock.self)
}
