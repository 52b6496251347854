/*
 * The interface of a lock plugin: a shared object that `shmbench --lock-plugin FILE` measures like any lock of the
 * catalogue. Plain C11; needs nothing else of this project.
 *
 * The shared object exports one function, `shm_lock_plugin_get`, which returns a description that stays valid while the
 * object is loaded. The coordinator and every worker, which are separate processes, load the object, so all shared
 * state of the lock must lie in its area. A pointer is invalid in another process: store offsets and indices there.
 */
#ifndef SHM_LOCK_PLUGIN_H
#define SHM_LOCK_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. A plugin of another version is rejected. */
#define SHM_LOCK_PLUGIN_ABI 1

/* The results of the locking functions: 0, SHM_LOCK_OWNER_DIED, or a positive errno if the lock is not held. */
enum {
    SHM_LOCK_ACQUIRED = 0,
    /* Acquired, and the previous owner died while it held the lock. Reported to exactly one next owner. */
    SHM_LOCK_OWNER_DIED = -1
};

/* The lock's promises. A property that it does not promise is not required of it. */
enum {
    /* Waiters get the lock in the order of arrival. */
    SHM_LOCK_FIFO = 1,
    /* If its owner is killed, the next process gets the lock and SHM_LOCK_OWNER_DIED. */
    SHM_LOCK_SURVIVES_OWNER = 2,
    /* Waiters do not sleep. */
    SHM_LOCK_SPINS = 4,
    /* The process is the owner: its threads do not exclude each other. */
    SHM_LOCK_ONE_PER_PROCESS = 8,
    /* A process that is killed while it waits blocks the waiters behind it. */
    SHM_LOCK_QUEUES = 16
};

struct shm_lock_plugin {
    /* SHM_LOCK_PLUGIN_ABI, and sizeof (struct shm_lock_plugin). */
    uint32_t abi_version;
    uint32_t struct_size;
    /* The lock's name for users: 1 to 31 lower-case letters, digits and hyphens, and not a name of the catalogue. */
    const char *name;
    /* A one-line description. */
    const char *summary;
    /* A bitwise OR of the enumerators above. */
    uint64_t promises;

    /* The size of the area in shared memory, 1 byte to 16 MiB, for at most that many participants. It is aligned to
     * 128 bytes. */
    size_t (*bytes_needed)(uint32_t participants);
    /* Puts a zero-filled area into the unlocked state. No other process has it mapped yet. Returns 0 or an errno. */
    int (*init)(void *area, uint32_t participants);

    /* Optional, both or neither: a participant's private state. `attach` sets *context, which the functions below
     * receive in place of the area, and returns 0 or an errno. One thread at a time uses a participant. `fd` is the
     * segment's file, for locks on files; it stays open while the participant exists, and the caller closes it. */
    int (*attach)(void *area, uint32_t participants, int fd, void **context);
    void (*detach)(void *context);

    /* Waits until the caller holds the lock. */
    int (*lock)(void *context);
    /* Takes the lock if it is free; otherwise returns EBUSY without waiting. */
    int (*trylock)(void *context);
    /* Optional: waits until that time, in ns on CLOCK_MONOTONIC, and then returns ETIMEDOUT. Without it, trylock is
     * polled. */
    int (*lock_until)(void *context, int64_t deadline);
    /* Releases the lock. */
    void (*unlock)(void *context);

    /* Optional: removes what the lock keeps outside its area, such as a kernel object. Called when the segment is
     * destroyed, in any process, possibly more than once, and possibly while others wait. Waiters must then return
     * an errno, or at least return at their deadlines. */
    void (*retire)(void *context);

    /* Optional, both or neither: a read-only section, concurrent with other such sections and not with an owner.
     * Returns as `lock` does. A plugin whose struct_size predates these two functions still works. */
    int (*lock_shared)(void *context);
    void (*unlock_shared)(void *context);
};

/* The value of struct_size before `lock_shared` existed. */
#define SHM_LOCK_PLUGIN_SIZE_BEFORE_SHARED offsetof(struct shm_lock_plugin, lock_shared)

#ifndef __cplusplus
_Static_assert(sizeof(void *) != 8 || sizeof(struct shm_lock_plugin) == 120, "the layout is part of the ABI");
_Static_assert(sizeof(void *) != 8 || SHM_LOCK_PLUGIN_SIZE_BEFORE_SHARED == 104, "the layout is part of the ABI");
#endif

const struct shm_lock_plugin *shm_lock_plugin_get(void);

#ifdef __cplusplus
}
#endif

#endif
