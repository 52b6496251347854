/*
 * The worker's loop in C, for comparison: the same critical section, the same oracle, the same phase word,
 * on a futex or a pthread mutex in shared memory.
 *
 *     cbaseline futex|pthread-mutex WORKERS WARMUP_MS WINDOW_MS COUNTERS SECTION THINK
 *
 * SECTION and THINK are iterations of a busy loop inside the critical section and after it. It prints critical sections a second of all workers. The futex mutex is the three-state one of Drepper's
 * "Futexes Are Tricky".
 */
#define _GNU_SOURCE 1

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GATHERING, WARMUP, WINDOW, STOP, MAX_WORKERS = 256 };

struct slot {
    _Atomic uint64_t sections;
    uint64_t window_sections;
    uint64_t contradictions;
    char padding[232];
};

struct shared {
    _Alignas(128) _Atomic uint32_t phase;
    _Alignas(128) _Atomic uint32_t arrivals;
    _Alignas(128) _Atomic uint32_t word;
    _Alignas(128) pthread_mutex_t mutex;
    _Alignas(128) _Atomic uint32_t owner;
    _Atomic uint64_t mirror;
    _Atomic uint64_t counters[1024];
    _Alignas(128) struct slot slots[MAX_WORKERS];
};

static struct shared *shared;
static int counters;
static uint64_t section_delay, think;

__attribute__((noinline)) static void spin(uint64_t iterations) {
    uint64_t chain = iterations;
    for (uint64_t count = 0; count < iterations; count++) {
        chain = chain * UINT64_C(6364136223846793005) + 1;
        __asm__ volatile("" : : "r"(chain));
    }
}

static long futex(_Atomic uint32_t *word, int operation, uint32_t value) {
    return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

__attribute__((noinline)) static void futex_lock_contended(void) {
    while (atomic_exchange_explicit(&shared->word, 2, memory_order_acquire) != 0)
        futex(&shared->word, FUTEX_WAIT, 2);
}

static inline void futex_lock(void) {
    uint32_t expected = 0;
    if (!atomic_compare_exchange_strong_explicit(
            &shared->word, &expected, 1, memory_order_acquire, memory_order_relaxed))
        futex_lock_contended();
}

static inline void futex_unlock(void) {
    if (atomic_exchange_explicit(&shared->word, 0, memory_order_release) == 2)
        futex(&shared->word, FUTEX_WAKE, 1);
}

static inline void pthread_lock(void) { pthread_mutex_lock(&shared->mutex); }
static inline void pthread_unlock(void) { pthread_mutex_unlock(&shared->mutex); }

#define RELAXED memory_order_relaxed

static inline uint64_t section(uint32_t worker) {
    uint32_t me = worker + 1;
    uint64_t contradiction = atomic_load_explicit(&shared->owner, RELAXED);
    atomic_store_explicit(&shared->owner, me, RELAXED);
    uint64_t first = atomic_load_explicit(&shared->counters[0], RELAXED);
    contradiction |= atomic_load_explicit(&shared->mirror, RELAXED) ^ ~first;
    atomic_store_explicit(&shared->mirror, ~(first + 1), RELAXED);
    if (section_delay > 0) spin(section_delay);
    for (int index = 0; index < counters; index++) {
        uint64_t value = atomic_load_explicit(&shared->counters[index], RELAXED);
        atomic_store_explicit(&shared->counters[index], value + 1, RELAXED);
    }
    contradiction |= atomic_load_explicit(&shared->owner, RELAXED) ^ me;
    atomic_store_explicit(&shared->owner, 0, RELAXED);
    return contradiction;
}

static inline __attribute__((always_inline)) void contend(
    uint32_t worker, uint32_t phase, void (*lock)(void), void (*unlock)(void)) {
    struct slot *slot = &shared->slots[worker];
    uint64_t sections = atomic_load_explicit(&slot->sections, RELAXED);
    while (atomic_load_explicit(&shared->phase, RELAXED) == phase) {
        lock();
        uint64_t contradiction = section(worker);
        unlock();
        sections++;
        atomic_store_explicit(&slot->sections, sections, RELAXED);
        if (contradiction) slot->contradictions++;
        if (think > 0) spin(think);
    }
}

static void work(uint32_t worker, bool pthread) {
    struct slot *slot = &shared->slots[worker];
    atomic_fetch_add(&shared->arrivals, 1);
    while (atomic_load(&shared->phase) == GATHERING) futex(&shared->phase, FUTEX_WAIT, GATHERING);
    if (pthread) contend(worker, WARMUP, pthread_lock, pthread_unlock);
    else contend(worker, WARMUP, futex_lock, futex_unlock);
    uint64_t before = atomic_load(&slot->sections);
    if (pthread) contend(worker, WINDOW, pthread_lock, pthread_unlock);
    else contend(worker, WINDOW, futex_lock, futex_unlock);
    slot->window_sections = atomic_load(&slot->sections) - before;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void enter(uint32_t phase) {
    atomic_store(&shared->phase, phase);
    futex(&shared->phase, FUTEX_WAKE, INT32_MAX);
}

static void rest(int milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

int main(int count, char **arguments) {
    int workers = count == 8 ? atoi(arguments[2]) : 0;
    counters = count == 8 ? atoi(arguments[5]) : 0;
    section_delay = count == 8 ? strtoull(arguments[6], NULL, 10) : 0;
    think = count == 8 ? strtoull(arguments[7], NULL, 10) : 0;
    if (workers < 1 || workers > MAX_WORKERS || counters < 1 || counters > 1024) {
        fprintf(stderr, "usage: cbaseline futex|pthread-mutex WORKERS WARMUP_MS WINDOW_MS COUNTERS SECTION THINK\n");
        return 64;
    }
    bool pthread = strcmp(arguments[1], "pthread-mutex") == 0;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    atomic_store(&shared->mirror, ~UINT64_C(0));
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &attributes);
    pid_t children[MAX_WORKERS];
    for (int worker = 0; worker < workers; worker++) {
        children[worker] = fork();
        if (children[worker] < 0) return 1;
        if (children[worker] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            work((uint32_t)worker, pthread);
            _exit(0);
        }
    }
    while (atomic_load(&shared->arrivals) < (uint32_t)workers) rest(1);
    enter(WARMUP);
    rest(atoi(arguments[3]));
    double start = now();
    enter(WINDOW);
    rest(atoi(arguments[4]));
    enter(STOP);
    double length = now() - start;
    uint64_t sum = 0, contradictions = 0;
    for (int worker = 0; worker < workers; worker++) {
        waitpid(children[worker], NULL, 0);
        sum += shared->slots[worker].window_sections;
        contradictions += shared->slots[worker].contradictions;
    }
    printf("%.1f\n", (double)sum / length);
    return contradictions == 0 ? 0 : 3;
}
