/*
 * A futex mutex like the built-in lock `futex`, under another name: a run that calls either of the two fastest is wrong,
 * up to the cost of a plugin's calls through pointers.
 *
 * Three states as in U. Drepper, "Futexes Are Tricky" (2011): free, held, held with possible sleepers. Its owner's death
 * leaves it taken.
 */
#define _GNU_SOURCE 1

#include "shm_lock_plugin.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FREE, HELD, HELD_WITH_SLEEPERS };

static size_t bytes_needed(uint32_t participants) {
    (void)participants;
    return sizeof(_Atomic uint32_t);
}

static int init(void *area, uint32_t participants) {
    (void)participants;
    atomic_init((_Atomic uint32_t *)area, FREE);
    return 0;
}

static int trylock(void *area) {
    uint32_t free = FREE;
    return atomic_compare_exchange_strong_explicit((_Atomic uint32_t *)area, &free, HELD, memory_order_acquire,
                                                   memory_order_relaxed)
               ? SHM_LOCK_ACQUIRED
               : EBUSY;
}

static int lock_until(void *area, int64_t deadline) {
    _Atomic uint32_t *word = area;
    if (trylock(area) == SHM_LOCK_ACQUIRED) return SHM_LOCK_ACQUIRED;
    struct timespec time = {deadline / 1000000000, deadline % 1000000000};
    while (atomic_exchange_explicit(word, HELD_WITH_SLEEPERS, memory_order_acquire) != FREE) {
        long outcome = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, HELD_WITH_SLEEPERS, deadline < 0 ? NULL : &time, NULL,
                               FUTEX_BITSET_MATCH_ANY);
        if (outcome < 0 && errno == ETIMEDOUT) return ETIMEDOUT;
    }
    return SHM_LOCK_ACQUIRED;
}

static int lock(void *area) { return lock_until(area, -1); }

static void unlock(void *area) {
    if (atomic_exchange_explicit((_Atomic uint32_t *)area, FREE, memory_order_release) == HELD_WITH_SLEEPERS)
        syscall(SYS_futex, area, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static const struct shm_lock_plugin plugin = {
    .abi_version = SHM_LOCK_PLUGIN_ABI,
    .struct_size = sizeof plugin,
    .name = "same-futex",
    .summary = "the built-in futex mutex, as a plugin",
    .bytes_needed = bytes_needed,
    .init = init,
    .lock = lock,
    .trylock = trylock,
    .lock_until = lock_until,
    .unlock = unlock,
};

const struct shm_lock_plugin *shm_lock_plugin_get(void) { return &plugin; }
