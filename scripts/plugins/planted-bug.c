/*
 * A lock that survives its owner's death, with one planted bug of choice, which a stress test must find. The lock word is
 * the owner's process id; waiters check every millisecond whether that process still exists.
 *
 *     SHM_PLANTED_BUG=skip      every 10,000th acquisition takes nothing
 *     SHM_PLANTED_BUG=forget    every 100th wake-up is lost, and waiters rely on wake-ups alone
 *     SHM_PLANTED_BUG=ignore    an owner's death is not checked for, although the lock promises it
 *     SHM_PLANTED_BUG=two       a waiter that takes the lock over from a dead owner leaves it free
 *     SHM_PLANTED_BUG=deadline  a timed wait ignores its deadline
 *     SHM_PLANTED_BUG=early     a timed wait returns after half of its time
 *     SHM_PLANTED_BUG=late      a timed wait returns 300 ms after its deadline
 *     SHM_PLANTED_BUG=try-late  a try that finds the lock taken returns after 300 ms
 *     SHM_PLANTED_BUG=try-waits     a try waits for the lock
 *     SHM_PLANTED_BUG=try-takes     every 100th try takes the lock and reports that it did not
 *     SHM_PLANTED_BUG=try-fails     no try takes the lock
 *     SHM_PLANTED_BUG=timeout-takes     a timed wait whose deadline passes as it gets the lock keeps it, and reports a
 *                                       timeout
 *     SHM_PLANTED_BUG=timeout-swallows  such a wait leaves the lock, and swallows the wake-up meant for the next waiter;
 *                                       waiters rely on wake-ups alone
 *     SHM_PLANTED_BUG=unnamed   tries and timed waits take the lock first, and store their process id afterwards
 *     SHM_PLANTED_BUG=beyond    the unlock writes 8 bytes after the area
 *     SHM_PLANTED_BUG=before    the unlock writes 8 bytes before the area
 *     SHM_PLANTED_BUG=sets      each participant leaves a semaphore set behind
 *     SHM_PLANTED_BUG=descriptors   each participant leaves a descriptor open
 *
 * Without a bug the lock is correct, though slow; a process id that is reused at once would be taken for the owner.
 */
#define _GNU_SOURCE 1

#include "shm_lock_plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FREE = 0, UNNAMED = 1 << 30 };
static const uint32_t WAITED_FOR = UINT32_C(1) << 31;

/* Counts of this process, which has one participant. */
static uint64_t acquisitions, tries, wakes;
static bool has_nothing;

static const char *bug = "none";

static bool is(const char *name) { return strcmp(bug, name) == 0; }

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

/* Takes the lock if it is free. */
static bool take(_Atomic uint32_t *word, uint32_t me, bool unnamed) {
    if (!unnamed) return exchange(word, FREE, me);
    if (!exchange(word, FREE, UNNAMED | (me & WAITED_FOR))) return false;
    /* Enough instructions for a kill at every 20th to hit one of them. */
    for (volatile int i = 0; i < 20; i++) {}
    atomic_fetch_xor(word, UNNAMED ^ (me & ~WAITED_FOR));
    return true;
}

/* A killed process that is not reaped yet counts as dead. */
static bool is_zombie(pid_t process) {
    char path[32], stat[64];
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t length = read(file, stat, sizeof stat - 1);
    close(file);
    stat[length > 0 ? length : 0] = 0;
    const char *name_end = strrchr(stat, ')');
    return name_end && (strncmp(name_end, ") Z", 3) == 0 || strncmp(name_end, ") X", 3) == 0);
}

static bool is_dead(uint32_t seen, bool thoroughly) {
    if (seen & UNNAMED) return false;
    const pid_t owner = (pid_t)(seen & ~WAITED_FOR);
    return (kill(owner, 0) != 0 && errno == ESRCH) || (thoroughly && is_zombie(owner));
}

static int lock_until(void *area, int64_t deadline) {
    _Atomic uint32_t *word = area;
    const uint32_t me = (uint32_t)getpid();
    const bool ignores = is("ignore"), unnamed = is("unnamed") && deadline >= 0, swallows = is("timeout-swallows");
    if (deadline >= 0 && is("deadline")) deadline = -1;
    if (deadline >= 0 && is("early")) deadline -= deadline > now() ? (deadline - now()) / 2 : 0;
    if (is("skip") && ++acquisitions % 10000 == 0) {
        has_nothing = true;
        return SHM_LOCK_ACQUIRED;
    }
    if (take(word, me, unnamed)) return SHM_LOCK_ACQUIRED;
    bool slept = false;
    for (;;) {
        uint32_t seen = atomic_load_explicit(word, memory_order_relaxed);
        if (swallows && slept && deadline >= 0 && now() >= deadline) return ETIMEDOUT;
        /* Other waiters may sleep, too. */
        if (seen == FREE) {
            if (!take(word, me | WAITED_FOR, unnamed)) continue;
            return is("timeout-takes") && deadline >= 0 && now() >= deadline ? ETIMEDOUT : SHM_LOCK_ACQUIRED;
        }
        if (!ignores && is_dead(seen, slept) && exchange(word, seen, is("two") ? FREE : me | WAITED_FOR))
            return SHM_LOCK_OWNER_DIED;
        if (deadline >= 0 && now() >= deadline) {
            if (is("late")) usleep(300000);
            return ETIMEDOUT;
        }
        if (!(seen & WAITED_FOR) && !exchange(word, seen, seen | WAITED_FOR)) continue;
        int64_t rest = deadline < 0 ? INT64_MAX : deadline - now();
        const struct timespec look = {0, rest <= 0 ? 0 : rest < 1000000 ? rest : 1000000};
        bool waits_for_wakes = (is("forget") || ignores || swallows) && deadline < 0;
        syscall(SYS_futex, word, FUTEX_WAIT, seen | WAITED_FOR, waits_for_wakes ? NULL : &look, NULL, 0);
        slept = true;
    }
}

static int lock(void *area) { return lock_until(area, -1); }

static int trylock(void *area) {
    if (is("try-waits")) return lock(area);
    if (is("try-fails") || !take(area, (uint32_t)getpid(), is("unnamed"))) {
        if (is("try-late")) usleep(300000);
        return EBUSY;
    }
    return is("try-takes") && ++tries % 100 == 0 ? EBUSY : SHM_LOCK_ACQUIRED;
}

static void unlock(void *area) {
    if (has_nothing) {
        has_nothing = false;
        return;
    }
    static const uint64_t stray = UINT64_C(0xbad0bad0bad0bad0);
    if (is("beyond")) memcpy((char *)area + sizeof(_Atomic uint32_t), &stray, sizeof stray);
    if (is("before")) memcpy((char *)area - sizeof stray, &stray, sizeof stray);
    uint32_t before = atomic_exchange_explicit((_Atomic uint32_t *)area, FREE, memory_order_release);
    if (!(before & WAITED_FOR) || (is("forget") && ++wakes % 100 == 0)) return;
    syscall(SYS_futex, area, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int attach(void *area, uint32_t participants, int fd, void **context) {
    (void)participants;
    (void)fd;
    *context = area;
    if (is("sets")) return semget(IPC_PRIVATE, 1, 0600) < 0 ? errno : 0;
    return open("/dev/null", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

static void detach(void *context) { (void)context; }

static struct shm_lock_plugin plugin = {
    .abi_version = SHM_LOCK_PLUGIN_ABI,
    .struct_size = sizeof plugin,
    .name = "planted-bug",
    .summary = "survives its owner's death; bug: SHM_PLANTED_BUG",
    .promises = SHM_LOCK_SURVIVES_OWNER,
    .bytes_needed = bytes_needed,
    .init = init,
    .lock = lock,
    .trylock = trylock,
    .lock_until = lock_until,
    .unlock = unlock,
};

const struct shm_lock_plugin *shm_lock_plugin_get(void) {
    const char *wanted = getenv("SHM_PLANTED_BUG");
    if (wanted) bug = wanted;
    if (is("sets") || is("descriptors")) {
        plugin.attach = attach;
        plugin.detach = detach;
    }
    return &plugin;
}
