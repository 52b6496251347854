/*
 * A lock that survives its owner's death, and can be told to be wrong in one way: what a stress test must find. Its word
 * is the owner's process id; waiters look every millisecond whether that process still exists.
 *
 *     SHM_PLANTED_BUG=skip      every 10,000th acquisition takes nothing
 *     SHM_PLANTED_BUG=forget    every 100th wake-up is forgotten, and waiters rely on wake-ups alone
 *     SHM_PLANTED_BUG=ignore    an owner's death is not looked for, though it is promised
 *     SHM_PLANTED_BUG=two       who takes the lock over from a dead owner leaves it free
 *
 * Without it the lock is right, if slow: a process id that is used again at once would be taken for the owner.
 */
#define _GNU_SOURCE 1

#include "shm_lock_plugin.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FREE = 0 };
static const uint32_t WAITED_FOR = UINT32_C(1) << 31;

static bool skips, forgets, ignores, lets_two_in;
/* Of this process; one participant uses them. */
static uint64_t acquisitions, wakes;
static bool has_nothing;

__attribute__((constructor)) static void read_bug(void) {
    const char *bug = getenv("SHM_PLANTED_BUG");
    if (!bug) return;
    skips = strcmp(bug, "skip") == 0;
    forgets = strcmp(bug, "forget") == 0;
    ignores = strcmp(bug, "ignore") == 0;
    lets_two_in = strcmp(bug, "two") == 0;
}

static size_t bytes_needed(uint32_t participants) {
    (void)participants;
    return sizeof(_Atomic uint32_t);
}

static int init(void *area, uint32_t participants) {
    (void)participants;
    atomic_init((_Atomic uint32_t *)area, FREE);
    return 0;
}

static bool exchange(_Atomic uint32_t *word, uint32_t from, uint32_t to) {
    return atomic_compare_exchange_strong_explicit(word, &from, to, memory_order_acquire, memory_order_relaxed);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int lock_until(void *area, int64_t deadline) {
    _Atomic uint32_t *word = area;
    const uint32_t me = (uint32_t)getpid();
    if (skips && ++acquisitions % 10000 == 0) {
        has_nothing = true;
        return SHM_LOCK_ACQUIRED;
    }
    if (exchange(word, FREE, me)) return SHM_LOCK_ACQUIRED;
    for (;;) {
        uint32_t seen = atomic_load_explicit(word, memory_order_relaxed);
        /* Others may sleep, too. */
        if (seen == FREE) {
            if (exchange(word, FREE, me | WAITED_FOR)) return SHM_LOCK_ACQUIRED;
            continue;
        }
        if (!ignores && kill((pid_t)(seen & ~WAITED_FOR), 0) != 0 && errno == ESRCH &&
            exchange(word, seen, lets_two_in ? FREE : me | WAITED_FOR))
            return SHM_LOCK_OWNER_DIED;
        if (deadline >= 0 && now() >= deadline) return ETIMEDOUT;
        if (!(seen & WAITED_FOR) && !exchange(word, seen, seen | WAITED_FOR)) continue;
        const struct timespec look = {0, 1000000};
        bool waits_for_wakes = (forgets || ignores) && deadline < 0;
        syscall(SYS_futex, word, FUTEX_WAIT, seen | WAITED_FOR, waits_for_wakes ? NULL : &look, NULL, 0);
    }
}

static int lock(void *area) { return lock_until(area, -1); }

static int trylock(void *area) {
    return exchange(area, FREE, (uint32_t)getpid()) ? SHM_LOCK_ACQUIRED : EBUSY;
}

static void unlock(void *area) {
    if (has_nothing) {
        has_nothing = false;
        return;
    }
    uint32_t before = atomic_exchange_explicit((_Atomic uint32_t *)area, FREE, memory_order_release);
    if (!(before & WAITED_FOR) || (forgets && ++wakes % 100 == 0)) return;
    syscall(SYS_futex, area, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static const struct shm_lock_plugin plugin = {
    .abi_version = SHM_LOCK_PLUGIN_ABI,
    .struct_size = sizeof plugin,
    .name = "planted-bug",
    .summary = "survives its owner; wrong as SHM_PLANTED_BUG says",
    .promises = SHM_LOCK_SURVIVES_OWNER,
    .bytes_needed = bytes_needed,
    .init = init,
    .lock = lock,
    .trylock = trylock,
    .lock_until = lock_until,
    .unlock = unlock,
};

const struct shm_lock_plugin *shm_lock_plugin_get(void) { return &plugin; }
