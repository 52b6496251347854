#include "litmus.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    line = 128,
    /* The limit of the number of stores before the one under test: about as many as a store buffer has entries. No
     * cache has their lines, so the store under test waits behind them for longer than a system call takes. */
    earlier_stores = 64,
    /* The maximum random delay before a side's accesses, in iterations of an empty loop. */
    longest_delay = 1024,
};

#define RESULT ((uint64_t)1)
#define LAST_ROUND ((uint64_t)2)
#define ONE_STEP ((uint64_t)4)

/* How long a side waits for the other, in ns. */
static const int64_t patience = 5000000000;
static const uint32_t thread_id = 4711;
static const uint64_t flag = (uint64_t)1 << 31;

typedef struct {
    /* A side's odd and its even steps, counted in ONE_STEP, and their flags: a side may be one step ahead of the other,
     * which then still finds the flags of the last one. */
    _Alignas(line) uint64_t step[2][line / 8];
    _Alignas(line) uint64_t x[line / 8], y[line / 8];
    /* As at the end of the lock's page: lock word, state, biased word. */
    struct {
        _Alignas(32) uint32_t word;
        uint64_t state;
        uint32_t biased;
    } lock;
    _Alignas(line) uint64_t earlier[earlier_stores][line / 8];
} shared;
_Static_assert(sizeof(shared) <= LITMUS_SIZE, "the memory is too small");

typedef struct {
    shared *memory;
    litmus_plan plan;
    uint64_t step, random;
    int64_t deadline;
} run;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Publishes this side's step and flags, and waits for the other side's step. Returns its value, or 0 if patience runs
 * out. */
static uint64_t meet(run *run, uint64_t flags) {
    run->step += ONE_STEP;
    uint64_t parity = run->step / ONE_STEP % 2;
    __atomic_store_n(&run->memory->step[run->plan.side][parity], run->step | flags, __ATOMIC_RELEASE);
    const uint64_t *other = &run->memory->step[1 - run->plan.side][parity];
    for (int64_t spins = 1;; spins++) {
        uint64_t seen = __atomic_load_n(other, __ATOMIC_ACQUIRE);
        if (seen >= run->step) return seen;
        if (spins % 20000 == 0) {
            if (now() > run->deadline) return 0;
            sched_yield();
        }
    }
}

/* Less than `limit`. */
static uint64_t random_number(run *run, uint64_t limit) {
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return run->random % limit;
}

static void delay(run *run) {
    for (uint64_t left = random_number(run, longest_delay); left > 0; left--) __asm__ volatile("" ::: "memory");
}

/* Writes a line back to memory and removes it from all caches. */
static void evict(const void *address) {
#if defined(__x86_64__)
    __builtin_ia32_clflush(address);
#elif defined(__aarch64__)
    __asm__ volatile("dc civac, %0" ::"r"(address) : "memory");
#endif
}

/* Restores the side's own word, and evicts the lines of the earlier stores. */
static void reset(run *run) {
    shared *m = run->memory;
    if (run->plan.side == LITMUS_FAST) {
        m->x[0] = 0;
        m->lock.word = thread_id;
        m->lock.biased = 0;
    } else {
        m->y[0] = 0;
        m->lock.state = run->plan.pair == LITMUS_BIASED_LOCK ? thread_id : 0;
        for (int i = 0; i < earlier_stores; i++) {
            m->earlier[i][0] = run->step;
            evict(&m->earlier[i][0]);
        }
    }
}

/* Loads the lines of both words, so that the accesses under test hit the cache. */
static void warm(run *run) {
    shared *m = run->memory;
    __atomic_load_n(&m->x[0], __ATOMIC_RELAXED);
    __atomic_load_n(&m->y[0], __ATOMIC_RELAXED);
    __atomic_load_n(&m->lock.state, __ATOMIC_RELAXED);
}

/* Whether the fast side did not see the slow side's store. */
static bool fast(run *run) {
    shared *m = run->memory;
    for (uint64_t i = random_number(run, earlier_stores); i > 0; i--)
        __atomic_store_n(&m->earlier[i][0], i, __ATOMIC_RELAXED);
    switch (run->plan.pair) {
    case LITMUS_QUIET_UNLOCK:
        __atomic_store_n(&m->lock.word, 0, __ATOMIC_RELEASE);
        __asm__ volatile("" ::: "memory");
        return __atomic_load_n(&m->lock.state, __ATOMIC_RELAXED) == 0;
    case LITMUS_BIASED_LOCK:
        __atomic_store_n(&m->lock.biased, thread_id, __ATOMIC_RELAXED);
        __asm__ volatile("" ::: "memory");
        return __atomic_load_n(&m->lock.state, __ATOMIC_RELAXED) == thread_id;
    default:
        __atomic_store_n(&m->x[0], 1, __ATOMIC_RELAXED);
        __asm__ volatile("" ::: "memory");
        return __atomic_load_n(&m->y[0], __ATOMIC_RELAXED) == 0;
    }
}

static int order(int fence) {
    switch (fence) {
    case LITMUS_FULL_FENCE: __atomic_thread_fence(__ATOMIC_SEQ_CST); return 0;
    case LITMUS_MEMBARRIER: return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) < 0 ? -errno : 0;
    default: __asm__ volatile("" ::: "memory"); return 0;
    }
}

/* 1 if the slow side did not see the fast side's store, 0 if it did, or -errno. */
static int slow(run *run) {
    shared *m = run->memory;
    if (run->plan.pair == LITMUS_PLAIN)
        __atomic_store_n(&m->y[0], 1, __ATOMIC_RELAXED);
    else
        __atomic_fetch_or(&m->lock.state, flag, __ATOMIC_ACQ_REL);
    int failure = order(run->plan.fence);
    if (failure) return failure;
    switch (run->plan.pair) {
    case LITMUS_QUIET_UNLOCK: return __atomic_load_n(&m->lock.word, __ATOMIC_ACQUIRE) != 0;
    case LITMUS_BIASED_LOCK: return __atomic_load_n(&m->lock.biased, __ATOMIC_ACQUIRE) == 0;
    default: return __atomic_load_n(&m->x[0], __ATOMIC_RELAXED) == 0;
    }
}

int64_t litmus_run(void *memory, litmus_plan plan, int64_t *found) {
    int64_t end = now() + plan.limit;
    run run = {.memory = memory, .plan = plan, .random = UINT64_C(88172645463325252) + (unsigned)plan.side};
    *found = 0;
    for (int64_t round = 1;; round++) {
        run.deadline = now() + patience;
        bool is_last = round == plan.rounds || *found >= plan.enough || now() > end;
        reset(&run);
        uint64_t other = meet(&run, is_last ? LAST_ROUND : 0);
        if (!other) return -ETIMEDOUT;
        is_last = is_last || other & LAST_ROUND;
        warm(&run);
        delay(&run);
        int missed = plan.side == LITMUS_FAST ? fast(&run) : slow(&run);
        if (missed < 0) return missed;
        /* Both have read, so the words may change. */
        other = meet(&run, missed ? RESULT : 0);
        if (!other) return -ETIMEDOUT;
        if (missed && other & RESULT) ++*found;
        if (is_last) return round;
    }
}
