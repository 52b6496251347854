/*
 * Linux interfaces that ShmCore needs and Swift's Glibc overlay does not offer: variadic calls, calls without a libc
 * wrapper, and constants behind feature macros. No logic lives here. Every shim returns 0 or a positive result, or
 * -errno. Deadlines are nanoseconds on CLOCK_MONOTONIC; SHM_NO_LIMIT waits for ever.
 *
 * The header uses only types that are the same in every module. Feature macros, and system headers that depend on them,
 * stay in CShm.c.
 */
#ifndef CSHM_H
#define CSHM_H

#include <stdbool.h>
#include <stdint.h>

#include "shm_lock_plugin.h"
#include "shm_pidfd.h"
#include "shm_process.h"

#pragma clang assume_nonnull begin

enum { SHM_NO_LIMIT = -1 };

/* futex(2), never with FUTEX_PRIVATE_FLAG: processes share the word. The deadline is absolute, so a wait that is
 * restarted after a signal does not restart its timeout. A wake-up reaches the waiters whose bits it shares. */
long shm_futex_wait_until(const uint32_t *word, uint32_t expected, uint32_t bits, int64_t deadline);
long shm_futex_wake(const uint32_t *word, uint32_t bits, int count);

/* The kernel's priority-inheriting futexes: the word is 0, or the owner's thread id with marks. */
long shm_futex_lock_pi(const uint32_t *word, int64_t deadline);
long shm_futex_unlock_pi(const uint32_t *word);
bool shm_has_pi_futexes(void);

/* open(2) is variadic. */
int shm_open_path(const char *path, int flags, unsigned mode);
/* AT_EMPTY_PATH, which is behind a feature macro. */
int shm_at_empty_path(void);
/* lseek(2) requests for the next data and the next hole, which are behind a feature macro. */
enum { SHM_SEEK_DATA = 3, SHM_SEEK_HOLE = 4 };
/* An unnamed file in a directory (O_TMPFILE). linkat(2) gives it a name. */
int shm_open_unnamed(const char *directory, unsigned mode);

/* Whether a file lies in a tmpfs, by fstatfs(2). */
bool shm_is_in_memory(int fd);
/* The extended attribute user.shmcore, xattr(7), which identifies a segment's file without opening it. The first
 * function sets it and returns 0 or -errno. The second looks it up, without following a symbolic link, and returns
 * 1, 0, or -errno if such attributes are not supported. */
int shm_set_mark(int fd);
int shm_has_mark(const char *path);

/* A close-on-exec descriptor larger than `least` of the same open file; fcntl(2) is variadic. */
int shm_duplicate_above(int fd, int least);
/* Whether no other open file description, and no mapping, can write to this regular file: takes a write lease,
 * fcntl(2), and releases it. Needs the file's owner or CAP_LEASE, and a descriptor for writing. Returns 1, 0, or
 * -errno. Meanwhile open(2) with O_NONBLOCK fails with EAGAIN. */
int shm_is_only_writer(int fd);

/* Open-file-description locks, fcntl(2), on `length` bytes from `start`. */
int shm_ofd_lock(int fd, short type, int64_t start, int64_t length, bool wait);
/* A record lock of the process on the file's first byte. */
int shm_record_lock(int fd, short type, bool wait);
/* Sets start and length to one lock that conflicts with a write lock on that range. Returns 1 if there is one, 0
 * otherwise. */
int shm_ofd_conflict(int fd, int64_t *start, int64_t *length);

/* System V semaphore sets of one semaphore. semctl(2) is variadic and the caller must define its union. */
typedef struct shm_sem_status {
    int32_t key;
    uint32_t creator;        /* user id */
    int64_t last_operation;  /* seconds since 1970, 0 if there was none */
    int64_t semaphores;
} shm_sem_status;

int shm_sem_get(int32_t key, int flags);
int shm_sem_set(int id, int value);
int shm_sem_stat(int id, shm_sem_status *status);
int shm_sem_remove(int id);
/* One operation on semaphore 0. The timeout is relative: nanoseconds from now, or SHM_NO_LIMIT. */
int shm_sem_op(int id, short change, short flags, int64_t timeout);

/* Process-shared mutexes (the pointers are to pthread_mutex_t). glibc's attribute constants are enumerators or
 * macros, depending on its version. */
enum { SHM_MUTEX_ROBUST = 1, SHM_MUTEX_INHERIT = 2, SHM_MUTEX_ADAPTIVE = 4 };
int shm_mutex_init(void *mutex, int wanted);
/* The mutex's kind and protocol. glibc trusts them and aborts the process on an unknown value. */
int shm_mutex_kind(const void *mutex);
int shm_mutex_lock_until(void *mutex, int64_t deadline);

/* A process-shared pthread_rwlock_t. */
int shm_rwlock_init(void *lock);
int shm_rwlock_write_until(void *lock, int64_t deadline);

/* POSIX semaphores (the pointers are to sem_t). The second function opens an existing one; NULL on failure, with
 * -errno in *failure. */
int shm_semaphore_wait_until(void *semaphore, int64_t deadline);
void *_Nullable shm_semaphore_open(const char *name, int *failure);

/* POSIX message queues with room for one message of one byte. A negative mode opens an existing queue; any other
 * mode creates an empty one. */
int shm_queue_open(const char *name, int mode);
int shm_queue_remove(const char *name);
int shm_queue_send(int queue);
int shm_queue_receive_until(int queue, int64_t deadline);

/* Waits until a descriptor is readable; -ETIMEDOUT if the deadline passes. */
int shm_wait_readable_until(int fd, int64_t deadline);

/* The calling thread's robust list, get_robust_list(2): the head's address, or 0 and -errno in *failure. Sets
 * *futex_offset to the distance of a node's futex word from the node. */
uintptr_t shm_robust_list(int64_t *futex_offset, int *failure);
/* Whether a thread of this process still exists. The kernel has finished with the robust list of one that does not. */
bool shm_thread_exists(uint32_t id);
/* Whether a thread of any process of this PID namespace has that id. */
bool shm_any_thread_exists(uint32_t id);

/* Reserves two pages and maps the shared page at `page` again into the first. The second is private, zeroed and not
 * inherited through fork(2). NULL on failure, with -errno in *failure. */
void *_Nullable shm_map_alias(void *page, uintptr_t page_size, int *failure);
/* Replaces the alias by private memory. */
int shm_drop_alias(void *alias, uintptr_t page_size);

/* membarrier(2), the kind that reaches the threads of other processes (MEMBARRIER_CMD_GLOBAL_EXPEDITED, Linux 4.16).
 * The first function tells whether the kernel offers it: 0 or -errno. The second makes this process one that barriers
 * reach; it may be called again, and costs some milliseconds the first time if the process has several threads. The
 * third returns when each running thread of such processes has executed a full memory barrier. */
int shm_membarrier_missing(void);
int shm_membarrier_register(void);
int shm_membarrier(void);

/* Keeps the compiler, but not the CPU, from moving memory accesses across. */
static inline void shm_compiler_barrier(void) { __asm__ volatile("" ::: "memory"); }

/* A hint to the CPU that this is a spin-wait loop. */
static inline void shm_cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* `times` such hints. */
static inline void shm_cpu_relax_for(uint32_t times) {
    for (uint32_t time = 0; time < times; time++) shm_cpu_relax();
}

#pragma clang assume_nonnull end

#endif
