#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "CShm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/magic.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* Assumptions of Swift code about sizes and layouts. */
_Static_assert(sizeof(pthread_mutex_t) <= 64, "a pthread mutex must fit into one cache line");
_Static_assert(sizeof(off_t) == 8, "record locks need 64-bit offsets");
_Static_assert(sizeof(key_t) == sizeof(int32_t), "semaphore keys are stored as 32 bits");

static inline long result(long value) { return value < 0 ? -(long)errno : value; }

/* Fills `time` and returns it, or returns null for SHM_NO_LIMIT. */
static inline struct timespec *limit(struct timespec *time, int64_t nanoseconds) {
    if (nanoseconds < 0) return NULL;
    time->tv_sec = nanoseconds / 1000000000;
    time->tv_nsec = nanoseconds % 1000000000;
    return time;
}

long shm_futex_wait_until(const uint32_t *word, uint32_t expected, uint32_t bits, int64_t deadline) {
    struct timespec time;
    return result(syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, limit(&time, deadline), NULL, bits));
}

long shm_futex_wake(const uint32_t *word, uint32_t bits, int count) {
    return result(syscall(SYS_futex, word, FUTEX_WAKE_BITSET, count, NULL, NULL, bits));
}

/* FUTEX_LOCK_PI counts on CLOCK_REALTIME, FUTEX_LOCK_PI2 (Linux 5.14) on CLOCK_MONOTONIC. */
#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

long shm_futex_lock_pi(const uint32_t *word, int64_t deadline) {
    struct timespec time;
    return result(syscall(SYS_futex, word, FUTEX_LOCK_PI2, 0, limit(&time, deadline), NULL, 0));
}

long shm_futex_unlock_pi(const uint32_t *word) {
    return result(syscall(SYS_futex, word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
}

bool shm_has_pi_futexes(void) {
    uint32_t word = 0;
    return shm_futex_lock_pi(&word, 0) == 0 && shm_futex_unlock_pi(&word) == 0;
}

int shm_open_path(const char *path, int flags, unsigned mode) { return (int)result(open(path, flags, mode)); }

int shm_at_empty_path(void) { return AT_EMPTY_PATH; }

int shm_open_unnamed(const char *directory, unsigned mode) {
    return (int)result(open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
}

bool shm_is_in_memory(int fd) {
    struct statfs found;
    return fstatfs(fd, &found) == 0 && found.f_type == TMPFS_MAGIC;
}

static const char mark[] = "user.shmcore";

int shm_set_mark(int fd) { return (int)result(fsetxattr(fd, mark, "", 0, 0)); }

int shm_has_mark(const char *path) {
    if (lgetxattr(path, mark, NULL, 0) >= 0) return 1;
    return errno == ENODATA ? 0 : -errno;
}

int shm_duplicate_above(int fd, int least) { return (int)result(fcntl(fd, F_DUPFD_CLOEXEC, least + 1)); }

int shm_is_only_writer(int fd) {
    /* Opening the file meanwhile makes the kernel send a signal. The default signal, SIGIO, would end this process. */
    if (fcntl(fd, F_SETSIG, SIGURG) < 0) return -errno;
    if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0) return errno == EAGAIN ? 0 : -errno;
    return fcntl(fd, F_SETLEASE, F_UNLCK) < 0 ? -errno : 1;
}

int shm_ofd_lock(int fd, short type, int64_t start, int64_t length, bool wait) {
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return (int)result(fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range));
}

int shm_record_lock(int fd, short type, bool wait) {
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    return (int)result(fcntl(fd, wait ? F_SETLKW : F_SETLK, &range));
}

int shm_ofd_conflict(int fd, int64_t *start, int64_t *length) {
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = *start, .l_len = *length};
    if (fcntl(fd, F_OFD_GETLK, &range) < 0) return -errno;
    if (range.l_type == F_UNLCK) return 0;
    *start = range.l_start;
    *length = range.l_len;
    return 1;
}

union semun {
    int value;
    struct semid_ds *buffer;
    unsigned short *array;
};

int shm_sem_get(int32_t key, int flags) { return (int)result(semget(key, 1, flags)); }

int shm_sem_set(int id, int value) {
    union semun argument = {.value = value};
    return (int)result(semctl(id, 0, SETVAL, argument));
}

int shm_sem_stat(int id, shm_sem_status *status) {
    struct semid_ds found;
    union semun argument = {.buffer = &found};
    if (semctl(id, 0, IPC_STAT, argument) < 0) return -errno;
    status->key = found.sem_perm.__key;
    status->creator = found.sem_perm.cuid;
    status->last_operation = found.sem_otime;
    status->semaphores = (int64_t)found.sem_nsems;
    return 0;
}

int shm_sem_remove(int id) {
    union semun argument = {.value = 0};
    return (int)result(semctl(id, 0, IPC_RMID, argument));
}

int shm_sem_op(int id, short change, short flags, int64_t timeout) {
    struct timespec time;
    struct sembuf operation = {.sem_num = 0, .sem_op = change, .sem_flg = flags};
    return (int)result(semtimedop(id, &operation, 1, limit(&time, timeout)));
}

int shm_mutex_init(void *mutex, int wanted) {
    pthread_mutexattr_t attributes;
    int failure = pthread_mutexattr_init(&attributes);
    if (failure) return -failure;
    failure = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (!failure && wanted & SHM_MUTEX_ROBUST) failure = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    if (!failure && wanted & SHM_MUTEX_INHERIT)
        failure = pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    if (!failure && wanted & SHM_MUTEX_ADAPTIVE)
        failure = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    if (!failure) failure = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return -failure;
}

int shm_mutex_kind(const void *mutex) { return ((const pthread_mutex_t *)mutex)->__data.__kind; }

int shm_mutex_lock_until(void *mutex, int64_t deadline) {
    struct timespec time;
    return -pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, limit(&time, deadline));
}

int shm_rwlock_init(void *lock) {
    pthread_rwlockattr_t attributes;
    int failure = pthread_rwlockattr_init(&attributes);
    if (failure) return -failure;
    failure = pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (!failure) failure = pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    return -failure;
}

int shm_rwlock_write_until(void *lock, int64_t deadline) {
    struct timespec time;
    return -pthread_rwlock_clockwrlock(lock, CLOCK_MONOTONIC, limit(&time, deadline));
}

int shm_semaphore_wait_until(void *semaphore, int64_t deadline) {
    struct timespec time;
    return (int)result(sem_clockwait(semaphore, CLOCK_MONOTONIC, limit(&time, deadline)));
}

void *shm_semaphore_open(const char *name, int *failure) {
    sem_t *semaphore = sem_open(name, 0);
    *failure = semaphore == SEM_FAILED ? -errno : 0;
    return semaphore == SEM_FAILED ? NULL : semaphore;
}

int shm_queue_open(const char *name, int mode) {
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
    return (int)result(mode < 0 ? mq_open(name, O_RDWR | O_CLOEXEC)
                                : mq_open(name, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, (mode_t)mode, &attributes));
}

int shm_queue_remove(const char *name) { return (int)result(mq_unlink(name)); }

int shm_queue_send(int queue) { return (int)result(mq_send(queue, "", 1, 0)); }

int shm_queue_receive_until(int queue, int64_t deadline) {
    char message;
    if (deadline < 0) return mq_receive(queue, &message, 1, NULL) < 0 ? -errno : 0;
    struct timespec now, time;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t rest = deadline - (now.tv_sec * INT64_C(1000000000) + now.tv_nsec);
    clock_gettime(CLOCK_REALTIME, &time);
    if (rest > 0) {
        /* Cap the wait at a century, so that the sum does not overflow. */
        if (rest > INT64_C(3000000000000000000)) rest = INT64_C(3000000000000000000);
        int64_t end = time.tv_nsec + rest % 1000000000;
        time.tv_sec += rest / 1000000000 + end / 1000000000;
        time.tv_nsec = end % 1000000000;
    }
    return mq_timedreceive(queue, &message, 1, NULL, &time) < 0 ? -errno : 0;
}

int shm_wait_readable_until(int fd, int64_t deadline) {
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    if (deadline < 0) return poll(&waiting, 1, -1) < 0 ? -errno : 0;
    struct timespec now, rest = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = deadline - (now.tv_sec * INT64_C(1000000000) + now.tv_nsec);
    if (left > 0) limit(&rest, left);
    int ready = ppoll(&waiting, 1, &rest, NULL);
    return ready < 0 ? -errno : ready == 0 ? -ETIMEDOUT : 0;
}


/* robust-futex's page layout (RobustListEntry.swift) depends on these properties of the kernel's and glibc's lists. */
_Static_assert(sizeof(void *) == 8, "the robust list's nodes are pairs of 8 bytes");
_Static_assert(offsetof(struct robust_list_head, list_op_pending) == 16, "the pending entry is the head's third word");
#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
_Static_assert(offsetof(pthread_mutex_t, __data.__lock) - offsetof(pthread_mutex_t, __data.__list.__next) == (size_t)-32,
               "glibc's futex offset");
_Static_assert(offsetof(pthread_mutex_t, __data.__list.__next) - offsetof(pthread_mutex_t, __data.__list.__prev) == 8,
               "a node's backward link lies before its forward link");
#endif

uintptr_t shm_robust_list(int64_t *futex_offset, int *failure) {
    struct robust_list_head *head = NULL;
    size_t length = 0;
    long outcome = result(syscall(SYS_get_robust_list, 0, &head, &length));
    *failure = outcome < 0 ? (int)outcome : head && length == sizeof *head ? 0 : -ENOSYS;
    if (*failure) return 0;
    *futex_offset = head->futex_offset;
    return (uintptr_t)head;
}

bool shm_thread_exists(uint32_t id) { return syscall(SYS_tgkill, getpid(), id, 0) == 0 || errno != ESRCH; }
bool shm_any_thread_exists(uint32_t id) { return syscall(SYS_tkill, id, 0) == 0 || errno != ESRCH; }

void *shm_map_alias(void *page, uintptr_t page_size, int *failure) {
    char *pages = mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        *failure = -errno;
        return NULL;
    }
    /* An old size of 0 maps a shared page again (mremap(2)): the same page, even if the file was truncated or
     * removed. */
    if (mremap(page, 0, page_size, MREMAP_MAYMOVE | MREMAP_FIXED, pages) == MAP_FAILED ||
        madvise(pages, 2 * page_size, MADV_DONTFORK) != 0) {
        *failure = -errno;
        munmap(pages, 2 * page_size);
        return NULL;
    }
    *failure = 0;
    return pages;
}

int shm_drop_alias(void *alias, uintptr_t page_size) {
    void *mapped = mmap(alias, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return mapped == MAP_FAILED ? -errno : (int)result(madvise(alias, page_size, MADV_DONTFORK));
}
