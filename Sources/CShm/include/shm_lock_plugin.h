/*
 * Bring your own lock: what a shared object must have to be measured by `shmbench --lock-plugin FILE` like any lock of the
 * catalogue. Plain C11; needs nothing else of this project.
 *
 * The shared object exports one function, `shm_lock_plugin_get`, which returns a description that stays valid as long as
 * the object is loaded. It is loaded into the coordinator and into every worker, each a process of its own, so whatever
 * the lock shares lies in its area. A pointer means nothing in another process: keep offsets and numbers there.
 */
#ifndef SHM_LOCK_PLUGIN_H
#define SHM_LOCK_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. A plugin of another version is refused. */
#define SHM_LOCK_PLUGIN_ABI 1

/* What the locking functions return: 0, SHM_LOCK_OWNER_DIED, or a positive errno: the lock is not held. */
enum {
    SHM_LOCK_ACQUIRED = 0,
    /* Acquired, and the previous owner died while it held the lock. To be told to one next owner. */
    SHM_LOCK_OWNER_DIED = -1
};

/* What the lock promises; what it does not promise is not held against it. */
enum {
    /* Waiters get the lock in the order of arrival. */
    SHM_LOCK_FIFO = 1,
    /* When its owner is killed the next process gets the lock, and SHM_LOCK_OWNER_DIED. */
    SHM_LOCK_SURVIVES_OWNER = 2,
    /* Waiters do not sleep. */
    SHM_LOCK_SPINS = 4,
    /* A process is one owner: threads of it do not exclude each other. */
    SHM_LOCK_ONE_PER_PROCESS = 8,
    /* A process that is killed while it waits blocks those behind it. */
    SHM_LOCK_QUEUES = 16
};

struct shm_lock_plugin {
    /* SHM_LOCK_PLUGIN_ABI, and sizeof (struct shm_lock_plugin). */
    uint32_t abi_version;
    uint32_t struct_size;
    /* By which users ask for it: lower-case letters, digits and hyphens, at most 31, none of the catalogue's. */
    const char *name;
    /* One line for a person. */
    const char *summary;
    /* The enumerators above, or-ed. */
    uint64_t promises;

    /* Bytes of the area in shared memory, 1 to 16 MiB, for at most so many participants. It begins at a multiple of 128. */
    size_t (*bytes_needed)(uint32_t participants);
    /* Makes a zero-filled area, which no other process sees yet, a free lock. Returns 0 or an errno. */
    int (*init)(void *area, uint32_t participants);

    /* Optional, both or none: what a participant has of its own. `attach` sets *context, which the functions below then get
     * instead of the area, and returns 0 or an errno. A participant is used by one thread at a time. `fd` is the segment's
     * file, open as long as the participant exists and the caller's to close: for locks on files. */
    int (*attach)(void *area, uint32_t participants, int fd, void **context);
    void (*detach)(void *context);

    /* Waits until the caller has the lock. */
    int (*lock)(void *context);
    /* Takes it if it is free; EBUSY otherwise, at once. */
    int (*trylock)(void *context);
    /* Optional: waits until so many ns on CLOCK_MONOTONIC at most; ETIMEDOUT then. Without it, trylock is called again and
     * again. */
    int (*lock_until)(void *context, int64_t deadline);
    /* Releases it. */
    void (*unlock)(void *context);

    /* Optional: removes what the lock keeps outside its area, a kernel object for one. Called when the segment is destroyed,
     * in any process, possibly more than once, and possibly while others wait: they must then get an errno or keep to
     * their deadlines. */
    void (*retire)(void *context);

    /* Optional, both or none: a section that only reads, beside other such sections and beside no owner. Returns as `lock`. A
     * plugin that was built before there were these two goes on working: its struct_size says so. */
    int (*lock_shared)(void *context);
    void (*unlock_shared)(void *context);
};

/* What struct_size was before `lock_shared`. */
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
