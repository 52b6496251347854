/*
 * What a process and a thread are to the library: numbers that no other process or thread of this family has, memory
 * that the child of a fork finds empty, and the namespaces in which the kernel's own numbers mean something.
 */
#ifndef SHM_PROCESS_H
#define SHM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* What this thread is to the locks that name their owner. The serial is unique in the process and never used
 * again, unlike a thread id; 0 until the thread has one, and again in the child of a fork. Thread-local, so
 * reading it is one instruction and no call. */
typedef struct shm_thread {
    uint64_t serial;
    uint32_t id;             /* gettid(2) */
    uint32_t generation;     /* shm_generation() when it got its serial */
    void *_Nullable entries; /* the library's own: robust-list entries */
    void *_Nullable handles; /* the library's own: handles that this thread has used */
} shm_thread;

extern _Thread_local shm_thread shm_this_thread;
static inline uint64_t shm_thread_serial(void) { return shm_this_thread.serial; }

/* The calling thread's record. The child of a fork, however it was forked, finds an empty one. */
shm_thread *shm_thread_self(void);
/* Forgets it: the thread ends. */
void shm_forget_thread(void);
uint32_t shm_remember_thread_id(void);
/* The calling thread's id, asked for once a thread. */
static inline uint32_t shm_thread_id(void) {
    return __builtin_expect(shm_this_thread.id != 0, 1) ? shm_this_thread.id : shm_remember_thread_id();
}
uint32_t shm_gettid(void);

/* One lock for the library's process-wide lists. fork(2) waits for it, and the child's thread is new. */
void shm_registry_lock(void);
void shm_registry_unlock(void);

/* A number that is larger in the child of a fork than in its parent. Notices clone(2) past libc's handlers as well,
 * where the kernel has MADV_WIPEONFORK (Linux 4.14). Never 0. */
uint32_t shm_generation(void);

/* Zeroed memory, whole pages, that the child of a fork finds zeroed. It is never given back. Null where there is no memory. */
void *_Nullable shm_map_wiped(uintptr_t size);

/* Has the child of a fork(3) close a descriptor at once, or not any more. Under the registry's lock, and so are the opening
 * before and the closing after: no fork comes in between. 0 or -errno. */
int shm_close_in_child(int fd);
void shm_keep_in_child(int fd);

/* Calls `function` at the end of every thread that has asked for it. Returns 0 or -errno. */
int shm_at_thread_exit(void (*function)(void));

/* The inode of this process's PID or IPC namespace; 0 where the system does not tell (no /proc, and Linux before 6.11).
 * No memory is allocated: a locker asks with its first operation. A process keeps its PID namespace for life. */
uint64_t shm_pid_namespace(void);
uint64_t shm_ipc_namespace(void);

/* A number for the start of the machine, from /proc/sys/kernel/random/boot_id; 0 where that cannot be read. */
uint64_t shm_boot(void);

#pragma clang assume_nonnull end

#endif
