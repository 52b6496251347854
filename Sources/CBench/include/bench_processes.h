/* Processes that the bench starts, traces and kills, and memory that it need not keep mapped. */
#ifndef BENCH_PROCESSES_H
#define BENCH_PROCESSES_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/* prctl(PR_SET_PDEATHSIG, SIGKILL): the signal is sent when the *thread* that started this process ends. */
int bench_die_with_parent(void);

/* fork(2), which Swift hides, followed in the child by execv(3) of a program with one argument. Returns the child's
 * process id, or -errno. */
int bench_fork_and_exec(const char *path, const char *argument);

/* Sends a signal to the process of a pidfd. */
int bench_pidfd_kill(int descriptor, int signal);

/* ptrace(2) is variadic, and its request is an enumeration. */
long bench_ptrace(int request, int process, uintptr_t address, uintptr_t data);

/* Whether the next instruction of a stopped tracee is a system call: 1 or 0; -errno if its registers or code cannot be read. */
int bench_next_is_system_call(int process);

/* Releases whole pages of a shared mapping; they keep their content. */
void bench_forget_pages(void *address, uintptr_t length);

/* memfd_create(2): a file without a name, closed on exec, for what a child writes. Returns a descriptor, or -errno. */
int bench_unnamed_file(void);

#pragma clang assume_nonnull end

#endif
