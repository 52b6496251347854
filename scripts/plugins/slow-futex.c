/*
 * A futex mutex that is deliberately slow: each acquisition spins for SHM_SLOW_FUTEX_NS (a decimal number, such as 0.5)
 * before it takes the lock. With SHM_SLOW_FUTEX_AT=release, the owner spins before the release, while all others wait. A
 * benchmark must measure a plain futex's figure plus that delay: the ground truth is known.
 *
 * Three states as in U. Drepper, "Futexes Are Tricky" (2011): free, held, held with possible sleepers. Its owner's death
 * leaves it taken.
 */
#define _GNU_SOURCE 1

#include "shm_lock_plugin.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FREE, HELD, HELD_WITH_SLEEPERS };

/* The requested delay in ns, and the iterations of the busy loop that take that long; for a delay that a clock ends, most
 * of it. */
static double wanted;
static int64_t iterations;
/* Whether the owner is delayed. */
static int is_held;
/* The kind of delay. */
static enum { NONE, COUNTED, FENCED, TIMED } way;
/* How late a clock's end is noticed on average, in ns. */
static int64_t lateness;

/* From this many ns on, fences keep the CPU from overlapping the delay with the code around it; they take about 20 ns
 * themselves. Shorter delays are partly hidden behind the lock's own work. */
enum { LONG_ENOUGH_FOR_FENCES = 50, LONG_ENOUGH_FOR_A_CLOCK = 1000 };

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* Dependent multiplications take the same time each, independent of what else the CPU executes. */
static void spin(int64_t times) {
    uint64_t chain = (uint64_t)times;
    for (int64_t count = 0; count < times; count++) {
        chain = chain * UINT64_C(6364136223846793005) + 1;
        __asm__ volatile("" : : "r"(chain));
    }
}

/* One cycle per iteration, for the shortest delays. */
static inline void count_down(int64_t times) {
    while (times > 0) {
        times--;
        __asm__ volatile("" : "+r"(times));
    }
}

static void fence(void) {
#if defined(__x86_64__)
    __builtin_ia32_lfence();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static void spin_apart(int64_t times) {
    fence();
    spin(times);
    fence();
}

static void slow_down(void) {
    if (way == FENCED) {
        spin_apart(iterations);
        return;
    }
    int64_t end = now() + (int64_t)wanted - lateness;
    spin(iterations);
    while (now() < end) {
    }
}

/* The duration of `times` calls with that many iterations: the minimum of ten. */
static int64_t fastest(void (*delay)(int64_t), int64_t iterations, int times) {
    int64_t least = INT64_MAX;
    for (int try = 0; try < 10; try++) {
        int64_t start = now();
        for (int time = 0; time < times; time++) delay(iterations);
        int64_t taken = now() - start;
        if (taken < least) least = taken;
    }
    return least;
}

/* Reading a clock takes longer than the shortest delays, so the loop is calibrated once. The CPU's speed may change later,
 * so long delays use the clock. */
__attribute__((constructor)) static void read_delay(void) {
    const char *text = getenv("SHM_SLOW_FUTEX_NS");
    wanted = text ? strtod(text, NULL) : 0;
    if (!(wanted > 0)) return;
    const char *place = getenv("SHM_SLOW_FUTEX_AT");
    is_held = place && strcmp(place, "release") == 0;
    way = wanted < LONG_ENOUGH_FOR_FENCES ? COUNTED : wanted < LONG_ENOUGH_FOR_A_CLOCK ? FENCED : TIMED;
    enum { MANY = 200000, CALLS = 1000 };
    double iteration = (double)fastest(way == COUNTED ? count_down : spin, MANY, 1) / MANY;
    double overhead = 0;
    if (way == FENCED) overhead = (double)fastest(spin_apart, 10, CALLS) / CALLS - 10 * iteration;
    iterations = wanted > overhead ? (int64_t)((wanted - overhead) / iteration + 0.5) : 1;
    if (way == TIMED) {
        iterations = iterations * 8 / 10;
        /* One reading, and on average half of another. */
        int64_t start = now();
        for (int reading = 0; reading < 1000; reading++) now();
        lateness = (now() - start) * 3 / 2 / 1000;
    }
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

static int take(_Atomic uint32_t *word) {
    uint32_t free = FREE;
    return atomic_compare_exchange_strong_explicit(word, &free, HELD, memory_order_acquire, memory_order_relaxed);
}

static void delay_by_request(void) {
    if (way == COUNTED) {
        count_down(iterations);
    } else if (way != NONE) {
        slow_down();
    }
}

static int lock_until(void *area, int64_t deadline) {
    _Atomic uint32_t *word = area;
    if (!is_held) delay_by_request();
    if (take(word)) return SHM_LOCK_ACQUIRED;
    struct timespec time = {deadline / 1000000000, deadline % 1000000000};
    while (atomic_exchange_explicit(word, HELD_WITH_SLEEPERS, memory_order_acquire) != FREE) {
        long outcome = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, HELD_WITH_SLEEPERS, deadline < 0 ? NULL : &time, NULL,
                               FUTEX_BITSET_MATCH_ANY);
        if (outcome < 0 && errno == ETIMEDOUT) return ETIMEDOUT;
    }
    return SHM_LOCK_ACQUIRED;
}

static int lock(void *area) { return lock_until(area, -1); }

static int trylock(void *area) { return take(area) ? SHM_LOCK_ACQUIRED : EBUSY; }

static void unlock(void *area) {
    if (is_held) delay_by_request();
    if (atomic_exchange_explicit((_Atomic uint32_t *)area, FREE, memory_order_release) == HELD_WITH_SLEEPERS)
        syscall(SYS_futex, area, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static const struct shm_lock_plugin plugin = {
    .abi_version = SHM_LOCK_PLUGIN_ABI,
    .struct_size = sizeof plugin,
    .name = "slow-futex",
    .summary = "a futex mutex, slower by SHM_SLOW_FUTEX_NS",
    .bytes_needed = bytes_needed,
    .init = init,
    .lock = lock,
    .trylock = trylock,
    .lock_until = lock_until,
    .unlock = unlock,
};

const struct shm_lock_plugin *shm_lock_plugin_get(void) { return &plugin; }
