#define _GNU_SOURCE 1

#include "bench_cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int result(long value) { return value < 0 ? -errno : (int)value; }

int bench_pin_to_cpu(int cpu) { return bench_pin_process(0, cpu); }

int bench_pin_process(int32_t process, int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return result(sched_setaffinity(process, sizeof set, &set));
}

int bench_run_on_any(const int *cpus, int count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < count; i++) CPU_SET(cpus[i], &set);
    return result(sched_setaffinity(0, sizeof set, &set));
}

bool bench_may_run_on(int cpu) {
    cpu_set_t set;
    return cpu < CPU_SETSIZE && sched_getaffinity(0, sizeof set, &set) == 0 && CPU_ISSET(cpu, &set);
}

void bench_sleep_exactly(void) { prctl(PR_SET_TIMERSLACK, 1); }

int bench_never_preempt(void) {
    struct sched_param parameter = {0};
    return result(sched_setscheduler(0, SCHED_BATCH, &parameter));
}

int bench_perf_open(uint64_t event) {
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE, .size = sizeof attributes, .config = event, .exclude_kernel = 1, .exclude_hv = 1,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING};
    return result(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

bool bench_has_invariant_counter(void) {
#if defined(__x86_64__)
    uint32_t a, b, c, d;
    /* Advanced power management, "invariant TSC"; extended features, RDTSCP. */
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & 1u << 8) && __get_cpuid(0x80000001, &a, &b, &c, &d) &&
           (d & 1u << 27);
#elif defined(__aarch64__)
    return true; /* The generic timer's rate is fixed by the architecture. */
#else
    return false;
#endif
}

bench_cpuid_leaf bench_cpuid(uint32_t leaf) {
    bench_cpuid_leaf found = {0};
#if defined(__x86_64__)
    /* Not __get_cpuid, which refuses the leaves of hypervisors. */
    __cpuid(leaf, found.a, found.b, found.c, found.d);
#else
    (void)leaf;
#endif
    return found;
}
