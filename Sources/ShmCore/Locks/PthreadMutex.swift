internal import CShm
public import Glibc
internal import SystemPackage

/// What glibc's process-shared mutexes have in common.
@usableFromInline
enum PthreadMutex {
    static func initialise(_ area: UnsafeMutableRawPointer, robust: Bool) throws(Errno) {
        try SystemCall.check(unsafe shm_mutex_init(area, robust))
    }

    static func lock(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, until deadline: Deadline) -> LockOutcome {
        unsafe settle(mutex, -shm_mutex_lock_until(mutex, deadline.nanoseconds))
    }

    /// What a locking function's error number means. A mutex whose owner died is made consistent at once, so exactly
    /// one next owner is told.
    @usableFromInline
    static func settle(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, _ failure: Int32) -> LockOutcome {
        switch failure {
        case 0: return .acquired
        case EBUSY, ETIMEDOUT: return .busy
        case EOWNERDEAD:
            let failure = unsafe pthread_mutex_consistent(mutex)
            return failure == 0 ? .ownerDied : .failed(Errno(rawValue: failure))
        default: return .failed(Errno(rawValue: failure))
        }
    }

    static func fastCalls(_ mutex: UnsafeMutablePointer<pthread_mutex_t>) -> FastCalls {
        typealias MutexCall = @convention(c) (UnsafeMutablePointer<pthread_mutex_t>) -> Int32
        let tryLock: MutexCall = unsafe pthread_mutex_trylock
        let unlock: MutexCall = unsafe pthread_mutex_unlock
        // A typed and an untyped pointer are passed alike.
        return unsafe FastCalls(
            object: mutex, tryLock: unsafeBitCast(tryLock, to: FastCalls.Call.self),
            unlock: unsafeBitCast(unlock, to: FastCalls.Call.self))
    }
}
