/* Processes that a bench starts, follows and kills, and the memory that it need not keep of them. */
#ifndef BENCH_PROCESSES_H
#define BENCH_PROCESSES_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/* prctl(PR_SET_PDEATHSIG, SIGKILL): the signal comes when the *thread* that started this process ends. */
int bench_die_with_parent(void);

/* fork(2), which Swift hides, and in the child at once execv(3) of a program with one argument. The child, or -errno. */
int bench_fork_and_exec(const char *path, const char *argument);

/* A signal to the process of a pidfd. */
int bench_pidfd_kill(int descriptor, int signal);

/* ptrace(2) is variadic, and its request an enumeration. */
long bench_ptrace(int request, int process, uintptr_t address, uintptr_t data);

/* Lets go of whole pages of a shared mapping: they keep their content. */
void bench_forget_pages(void *address, uintptr_t length);

#pragma clang assume_nonnull end

#endif
