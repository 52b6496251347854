/* On which CPUs a thread runs, what their counters say, and what a measured loop must say to CPU and compiler. */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* CPU_SET and its kin are macros. Affinity of the calling thread. */
int bench_pin_to_cpu(int cpu);
bool bench_may_run_on(int cpu);
int bench_run_on_any(const int *cpus, int count);

/* prctl(PR_SET_TIMERSLACK): the calling thread's sleeps end as exactly as the machine can, not up to 50 µs late. */
void bench_sleep_exactly(void);

/* perf_event_open(2) for a hardware event of this process in user mode, on any CPU: a descriptor, or -errno. A
 * reading is the count, the time for which it was wanted, and that for which the CPU counted it. */
int bench_perf_open(uint64_t event);

/* The CPU's counter, read after all earlier instructions; see bench_has_invariant_counter. */
static inline uint64_t bench_counter(void) {
#if defined(__x86_64__)
    uint32_t processor;
    return __builtin_ia32_rdtscp(&processor);
#elif defined(__aarch64__)
    uint64_t count;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count)::"memory");
    return count;
#else
    return 0;
#endif
}
/* Whether that counter exists and always runs at one rate. */
bool bench_has_invariant_counter(void);

/* Nothing after it begins before everything before it is done. */
static inline void bench_instruction_fence(void) {
#if defined(__x86_64__)
    __builtin_ia32_lfence();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* Keeps the compiler from removing or merging the iterations of a calibrated delay loop. */
static inline void bench_keep(uint64_t value) { __asm__ volatile("" : : "r"(value)); }

#pragma clang assume_nonnull end

#endif
