/*
 * The library's view of processes and threads: numbers that are unique among a process and its descendants, memory that
 * is zeroed in the child of a fork, and the namespaces in which the kernel's numbers are valid.
 */
#ifndef SHM_PROCESS_H
#define SHM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* The calling thread, as locks see it that name their owner. The serial number is unique in the process and, unlike
 * a thread id, never reused. It is 0 until the thread has one, and again in the child of a fork. It is thread-local,
 * so reading it is one instruction and no call. */
typedef struct shm_thread {
    uint64_t serial;
    uint32_t id;             /* gettid(2) */
    uint32_t generation;     /* shm_generation() when it got its serial */
    void *_Nullable entries; /* robust-list entries */
    void *_Nullable handles; /* handles that this thread was the last to use */
    void *_Nullable pending; /* the robust list's list_op_pending, which the child of a fork inherits */
} shm_thread;

extern _Thread_local shm_thread shm_this_thread;
static inline uint64_t shm_thread_serial(void) { return shm_this_thread.serial; }

/* The calling thread's record. It is empty in the child of a fork, whichever call created the child. */
shm_thread *shm_thread_self(void);
/* Resets the record of a thread that ends. */
void shm_forget_thread(void);
uint32_t shm_remember_thread_id(void);
/* The calling thread's id, cached after the first call. */
static inline uint32_t shm_thread_id(void) {
    return __builtin_expect(shm_this_thread.id != 0, 1) ? shm_this_thread.id : shm_remember_thread_id();
}
uint32_t shm_gettid(void);

/* One lock for the library's process-wide lists. fork(2) waits for it; in the child it is free. */
void shm_registry_lock(void);
void shm_registry_unlock(void);

/* A number that is larger in the child of a fork than in its parent, and never 0. If the kernel has MADV_WIPEONFORK
 * (Linux 4.14), it also changes after a clone(2) that bypasses libc's fork handlers. */
uint32_t shm_generation(void);

/* Zeroed memory, in whole pages, that is zeroed in the child of a fork as well. It is never freed. NULL if there is
 * no memory. */
void *_Nullable shm_map_wiped(uintptr_t size);

/* Registers or unregisters a descriptor that the child of a fork(3) closes at once. The caller holds the registry's
 * lock around opening and registering, and around unregistering and closing, so no fork comes in between. 0 or
 * -errno. */
int shm_close_in_child(int fd);
void shm_keep_in_child(int fd);

/* Calls `function` at the end of every thread that has called this. Returns 0 or -errno. */
int shm_at_thread_exit(void (*function)(void));

/* The inode of this process's PID or IPC namespace; 0 if the system does not provide it (no /proc, and Linux before
 * 6.11). Allocates no memory, because a locker calls it in its first operation. A process never changes its PID
 * namespace. */
uint64_t shm_pid_namespace(void);
uint64_t shm_ipc_namespace(void);

/* A number that identifies the boot, from /proc/sys/kernel/random/boot_id; 0 if that file cannot be read. */
uint64_t shm_boot(void);

#pragma clang assume_nonnull end

#endif
