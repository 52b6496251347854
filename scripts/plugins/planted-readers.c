/*
 * A lock that readers share, with one planted bug of choice, which a stress test must find. Its word counts the readers
 * inside; a writer makes it negative.
 *
 *     SHM_PLANTED_BUG=torn      a reader does not wait for a writer that is inside
 *     SHM_PLANTED_BUG=alone     readers exclude each other
 */
#define _GNU_SOURCE 1

#include "shm_lock_plugin.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef _Atomic int32_t word;

static bool is(const char *bug) {
    const char *planted = getenv("SHM_PLANTED_BUG");
    return planted && strcmp(planted, bug) == 0;
}

static size_t bytes_needed(uint32_t participants) {
    (void)participants;
    return sizeof(word);
}

static int init(void *area, uint32_t participants) {
    (void)area;
    (void)participants;
    return 0;
}

static int trylock(void *area) {
    int32_t none = 0;
    return atomic_compare_exchange_strong((word *)area, &none, -1) ? SHM_LOCK_ACQUIRED : EBUSY;
}

static int lock(void *area) {
    while (trylock(area) != 0) sched_yield();
    return SHM_LOCK_ACQUIRED;
}

static void unlock(void *area) { atomic_store((word *)area, 0); }

static int lock_shared(void *area) {
    if (is("alone")) return lock(area);
    if (is("torn")) return SHM_LOCK_ACQUIRED;
    for (;;) {
        int32_t readers = atomic_load((word *)area);
        if (readers >= 0 && atomic_compare_exchange_strong((word *)area, &readers, readers + 1)) return SHM_LOCK_ACQUIRED;
        sched_yield();
    }
}

static void unlock_shared(void *area) {
    if (is("alone")) unlock(area);
    else if (!is("torn")) atomic_fetch_sub((word *)area, 1);
}

static const struct shm_lock_plugin plugin = {
    .abi_version = SHM_LOCK_PLUGIN_ABI,
    .struct_size = sizeof plugin,
    .name = "planted-readers",
    .summary = "readers share it; bug: SHM_PLANTED_BUG",
    .promises = SHM_LOCK_SPINS,
    .bytes_needed = bytes_needed,
    .init = init,
    .lock = lock,
    .trylock = trylock,
    .unlock = unlock,
    .lock_shared = lock_shared,
    .unlock_shared = unlock_shared,
};

const struct shm_lock_plugin *shm_lock_plugin_get(void) { return &plugin; }
