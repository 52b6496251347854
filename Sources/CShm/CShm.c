#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "CShm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* What Swift code sizes or mirrors by hand. */
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

long shm_futex_wait_until(const uint32_t *word, uint32_t expected, int64_t deadline) {
    struct timespec time;
    return result(
        syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, limit(&time, deadline), NULL, FUTEX_BITSET_MATCH_ANY));
}

long shm_futex_wake(const uint32_t *word, int count) {
    return result(syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0));
}

int shm_open_path(const char *path, int flags, unsigned mode) { return (int)result(open(path, flags, mode)); }

int shm_at_empty_path(void) { return AT_EMPTY_PATH; }

int shm_open_unnamed(const char *directory, unsigned mode) {
    return (int)result(open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
}

int shm_ofd_lock(int fd, short type, int64_t start, int64_t length, bool wait) {
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return (int)result(fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range));
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

int shm_mutex_init(void *mutex, bool robust) {
    pthread_mutexattr_t attributes;
    int failure = pthread_mutexattr_init(&attributes);
    if (failure) return -failure;
    failure = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (!failure && robust) failure = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    if (!failure) failure = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return -failure;
}

int shm_mutex_kind(const void *mutex) { return ((const pthread_mutex_t *)mutex)->__data.__kind; }

int shm_mutex_lock_until(void *mutex, int64_t deadline) {
    struct timespec time;
    return -pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, limit(&time, deadline));
}

int shm_die_with_parent(void) { return (int)result(prctl(PR_SET_PDEATHSIG, SIGKILL)); }

int shm_pin_to_cpu(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return (int)result(sched_setaffinity(0, sizeof set, &set));
}

bool shm_may_run_on(int cpu) {
    cpu_set_t set;
    return cpu < CPU_SETSIZE && sched_getaffinity(0, sizeof set, &set) == 0 && CPU_ISSET(cpu, &set);
}

long shm_ptrace(int request, int process, uintptr_t address, uintptr_t data) {
    return result(syscall(SYS_ptrace, (long)request, (long)process, address, data));
}
