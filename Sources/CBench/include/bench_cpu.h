/* The CPU affinity of a thread, the CPU's counters and identification, and the barriers of a measured loop. */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* CPU_SET and its relatives are macros. The affinity is that of the calling thread. */
int bench_pin_to_cpu(int cpu);
bool bench_may_run_on(int cpu);
int bench_run_on_any(const int *cpus, int count);

/* Pins the first thread of a process, and threads that it starts later. */
int bench_pin_process(int32_t process, int cpu);

/* prctl(PR_SET_TIMERSLACK): the calling thread's sleeps end as precisely as the machine permits, instead of up to 50
 * µs late. */
void bench_sleep_exactly(void);

/* SCHED_BATCH: when the calling thread wakes, it does not preempt the thread that runs on its CPU, sched(7). */
int bench_never_preempt(void);

/* perf_event_open(2) for a hardware event of this process in user mode, on any CPU: a descriptor, or -errno. A
 * reading has the count, the time for which the event was enabled, and the time for which the CPU counted it. */
int bench_perf_open(uint64_t event);

/* The CPU's counter, read after all earlier instructions have completed; see bench_has_invariant_counter. */
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

/* The registers that CPUID returns for a leaf; zeros on a CPU without that instruction. */
typedef struct bench_cpuid_leaf {
    uint32_t a, b, c, d;
} bench_cpuid_leaf;
bench_cpuid_leaf bench_cpuid(uint32_t leaf);

/* No later instruction starts before all earlier ones have completed. */
static inline void bench_instruction_fence(void) {
#if defined(__x86_64__)
    __builtin_ia32_lfence();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* Prevents the compiler from removing or merging iterations of a calibrated delay loop. */
static inline void bench_keep(uint64_t value) { __asm__ volatile("" : : "r"(value)); }

#pragma clang assume_nonnull end

#endif
